import type { ObjectMask } from './image-set.ts'
import { fitRaster } from './fit.ts'
import type { Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'

/** Brings a mask raster to the input's size. */
export function fitMask(mask: Raster, preprocess: Preprocess, label: number | undefined): ObjectMask {
  const fitted = fitRaster(mask, { ...preprocess, interpolation: 'nearest' })
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
