import { SaliencyError } from '@saliency/core'
import sharp, { type KernelEnum } from 'sharp'
import type { Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'

/** Interpolations by the names that sharp gives them. */
const KERNELS = { nearest: 'nearest', bilinear: 'linear', bicubic: 'cubic', lanczos: 'lanczos3' } as const

type Size = readonly [height: number, width: number]

/**
 * Brings an image to the network's input size, as {@link Preprocess.resize} says. An image that has the size already
 * is returned as it is: no pixel is resampled.
 */
export async function fitRaster(raster: Raster, preprocess: Preprocess): Promise<Raster> {
  const { height, width } = preprocess.input
  const scaled = scaledSize([raster.height, raster.width], preprocess)
  const kernel = KERNELS[preprocess.interpolation ?? 'bilinear']
  const resized = await resizeRaster(raster, scaled, kernel)
  return cropRaster(resized, [height, width])
}

/** The size to scale to before the centre is cut out. */
function scaledSize([height, width]: Size, { input, resize = 'cover' }: Preprocess): Size {
  // An image of exactly the input's size is never resampled, not even up and back by `shorterSide`.
  const same = height === input.height && width === input.width
  if (resize === 'stretch' || same) return [input.height, input.width]
  if (resize === 'cover') {
    const factor = Math.max(input.height / height, input.width / width)
    return [
      Math.max(input.height, Math.round(height * factor)),
      Math.max(input.width, Math.round(width * factor)),
    ]
  }
  // torchvision's Resize rounds the longer side down.
  const side = resize.shorterSide
  return height < width
    ? [side, Math.floor((side * width) / height)]
    : [Math.floor((side * height) / width), side]
}

async function resizeRaster(
  raster: Raster,
  [height, width]: Size,
  kernel: keyof KernelEnum,
): Promise<Raster> {
  if (raster.height === height && raster.width === width) return raster
  if (raster.data instanceof Float32Array) {
    const sizes = `${raster.width}×${raster.height} to ${width}×${height}`
    throw new SaliencyError(
      'INVALID_IMAGE',
      `an array of floats is not scaled (${sizes}): store bytes, or the input's size`,
    )
  }
  const wide = raster.data instanceof Uint16Array
  const image = sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
  const bytes = await image
    .resize(width, height, { fit: 'fill', kernel })
    .toColourspace(wide ? 'rgb16' : 'srgb')
    .raw({ depth: wide ? 'ushort' : 'uchar' })
    .toBuffer()
  const buffer = Uint8Array.from(bytes).buffer
  return { ...raster, height, width, data: wide ? new Uint16Array(buffer) : new Uint8Array(buffer) }
}

/** Where the centre starts: half of a margin that is odd is rounded to the even pixel, as Python's `round` does. */
function startOf(length: number, cropped: number): number {
  const half = (length - cropped) / 2
  const below = Math.floor(half)
  return below === half ? half : below + (below % 2)
}

/**
 * Cuts out the centre as torchvision's CenterCrop does (`center_crop` in torchvision/transforms/functional.py):
 * of an odd margin, now the larger part lies before the centre and now behind it.
 */
function cropRaster(raster: Raster, [height, width]: Size): Raster {
  if (raster.height === height && raster.width === width) return raster
  const [top, left] = [startOf(raster.height, height), startOf(raster.width, width)]
  const data = raster.data.slice(0, height * width * 3)
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * raster.width + left) * 3
    data.set(raster.data.subarray(start, start + width * 3), row * width * 3)
  }
  return { ...raster, height, width, data }
}
