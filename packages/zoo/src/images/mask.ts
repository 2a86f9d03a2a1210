import { SaliencyError } from '@saliency/core'
import type { ObjectMask } from './image-set.ts'
import { fitRaster } from './fit.ts'
import type { Preprocess } from './preprocess.ts'
import { decodeImage, type Raster } from './raster.ts'

/**
 * Reads a mask file; any pixel that is not black lies on the object. It goes through the same scaling and cutting
 * as its image (nearest neighbour), so it must have the image's size.
 * @throws INVALID_IMAGE if the file is unreadable or has another size
 */
export async function readMask(
  path: string,
  image: Raster,
  preprocess: Preprocess,
  label: number | undefined,
): Promise<ObjectMask> {
  const mask = await decodeImage(path)
  if (mask.height !== image.height || mask.width !== image.width) {
    const [got, wanted] = [`${mask.width}×${mask.height}`, `${image.width}×${image.height}`]
    throw new SaliencyError(
      'INVALID_IMAGE',
      `${path} is ${got}, but its image is ${wanted}: a mask must have the image's size`,
    )
  }
  return fitMask(mask, preprocess, label)
}

/** Brings a mask raster to the input's size. */
export async function fitMask(
  mask: Raster,
  preprocess: Preprocess,
  label: number | undefined,
): Promise<ObjectMask> {
  const fitted = await fitRaster(mask, { ...preprocess, interpolation: 'nearest' })
  const data = new Uint8Array(fitted.height * fitted.width)
  for (let pixel = 0; pixel < data.length; pixel++) {
    const [red, green, blue] = fitted.data.subarray(pixel * 3, pixel * 3 + 3)
    if (red !== 0 || green !== 0 || blue !== 0) data[pixel] = 1
  }
  return label === undefined ? { data } : { label, data }
}

/** A raster from `[h, w]` zeros and ones. */
export function maskRaster(data: Uint8Array, height: number, width: number): Raster {
  const pixels = new Uint8Array(height * width * 3)
  for (let pixel = 0; pixel < data.length; pixel++) {
    if (data[pixel] !== 0) pixels.fill(255, pixel * 3, pixel * 3 + 3)
  }
  return { height, width, data: pixels, maximum: 255 }
}
