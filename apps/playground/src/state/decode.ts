import type { Raster } from '@saliency/images'

/** More than this, and decoded pixels alone take most of what a page may have. */
const MOST_MEGAPIXELS = 40

/** The size that a browser reads from a picture's header. */
async function sizeOf(name: string, file: Blob): Promise<{ width: number; height: number }> {
  const address = URL.createObjectURL(file)
  try {
    const image = new Image()
    await new Promise((resolve, reject) => {
      image.addEventListener('load', resolve)
      image.addEventListener('error', reject)
      image.src = address
    })
    return { width: image.naturalWidth, height: image.naturalHeight }
  } catch (cause) {
    throw new Error(
      `${name} is no picture that this browser reads, or it is damaged: save it as PNG or JPEG.`,
      { cause },
    )
  } finally {
    URL.revokeObjectURL(address)
  }
}

/**
 * Decodes a picture as Pillow does, as far as a browser can: colour profiles are not applied. Browsers turn a photo as its
 * camera says, whatever they are asked for.
 * @throws with one sentence where it is damaged, or too large for a page
 */
export async function decodePicture(name: string, file: Blob): Promise<Raster> {
  const { width, height } = await sizeOf(name, file)
  const size = (width * height) / 1e6
  if (size > MOST_MEGAPIXELS)
    throw new Error(
      `${name} has ${width}×${height} pixels (${size.toFixed(0)} megapixels); the page takes ${MOST_MEGAPIXELS} megapixels: scale it down.`,
    )
  const options = {
    imageOrientation: 'from-image',
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  } as const
  const bitmap = await createImageBitmap(file, options).catch((cause: unknown) => {
    throw new Error(`${name} is damaged: its pixels cannot be read. Save it anew.`, { cause })
  })
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
  if (!context)
    throw new Error(`${name}: this browser gives no canvas of ${bitmap.width}×${bitmap.height} pixels.`)
  context.drawImage(bitmap, 0, 0)
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
  const raster = withoutTransparency(data, bitmap.width, bitmap.height)
  bitmap.close()
  return raster
}

function withoutTransparency(rgba: Uint8ClampedArray, width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    data[3 * pixel] = rgba[4 * pixel] as number
    data[3 * pixel + 1] = rgba[4 * pixel + 1] as number
    data[3 * pixel + 2] = rgba[4 * pixel + 2] as number
  }
  return { height, width, data, maximum: 255 }
}
