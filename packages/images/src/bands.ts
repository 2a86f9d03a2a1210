import { tensor, type FloatTensor } from '@saliency/core'
import { type ArrayLayout, offsetOf } from './array-layout.ts'
import { fitRaster } from './fit.ts'
import type { Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'

/** Three channels from `first` on as a raster, so that they are scaled as a picture is; what an image lacks is 0. */
function threeBands(layout: ArrayLayout, index: number, first: number): Raster {
  const { height, width, channels, maximum } = layout
  const size = height * width * 3
  const data =
    maximum === 255 ? new Uint8Array(size) : maximum === 1 ? new Float32Array(size) : new Uint16Array(size)
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let band = 0; band < 3 && first + band < channels; band++) {
      data[pixel * 3 + band] = layout.data[offsetOf(layout, index, pixel, first + band)] as number
    }
  }
  return { height, width, data, maximum }
}

/** The mean over the channels `[c, h, w]`, from its darkest to its brightest pixel, as grey bytes `[h, w, 3]`. */
function shown(data: Float32Array, channels: number): Uint8Array {
  const plane = data.length / channels
  const means = Float64Array.from({ length: plane }, (_, pixel) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += data[channel * plane + pixel] as number
    return sum / channels
  })
  const [low, high] = means.reduce(
    ([a, b], mean) => [Math.min(a, mean), Math.max(b, mean)],
    [Infinity, -Infinity],
  )
  const scale = high > low ? 255 / (high - low) : 0
  return Uint8Array.from({ length: plane * 3 }, (_, at) =>
    Math.round(((means[Math.floor(at / 3)] as number) - low) * scale),
  )
}

/**
 * One image of any number of channels, `[1, c, h, w]`, scaled and normalised. Floats are taken as they are, since they have
 * the unit of whatever measured them; whole numbers go from black to white over `input.range`, as a picture's do.
 */
export function bandImage(
  layout: ArrayLayout,
  index: number,
  preprocess: Preprocess,
): { readonly input: FloatTensor; readonly pixels: Uint8Array } {
  const { channels, maximum } = layout
  const { input, mean, std } = preprocess
  const { height, width } = input
  const [low, high] = maximum === 1 ? [0, 1] : input.range
  const plane = height * width
  const measured = new Float32Array(channels * plane)
  for (let first = 0; first < channels; first += 3) {
    const { data } = fitRaster(threeBands(layout, index, first), preprocess)
    for (let band = 0; band < 3 && first + band < channels; band++) {
      for (let pixel = 0; pixel < plane; pixel++) {
        measured[(first + band) * plane + pixel] =
          low + ((high - low) * (data[pixel * 3 + band] as number)) / maximum
      }
    }
  }
  const normalised = measured.map((value, at) => {
    const channel = Math.floor(at / plane)
    return (value - (mean[channel] as number)) / (std[channel] as number)
  })
  return { input: tensor(normalised, [1, channels, height, width]), pixels: shown(measured, channels) }
}
