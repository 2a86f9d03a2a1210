import { tensor, type FloatTensor } from '@saliency/core'
import type { Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'

/** For each input channel, the channel of the RGB raster it is taken from. */
const CHANNEL_ORDER = { RGB: [0, 1, 2], BGR: [2, 1, 0] } as const

/** Weights of red, green and blue in a grey value (ITU-R BT.601, as Pillow's "L"). */
const LUMA = [0.299, 0.587, 0.114] as const

/**
 * Turns a raster of the input's size into what the network takes: range, channel order, then (x − mean) / std.
 * @returns `[1, c, h, w]`
 */
export function normaliseRaster(raster: Raster, { input, mean, std }: Preprocess): FloatTensor {
  const count = raster.height * raster.width
  const channels = input.channels === 'grey' ? 1 : 3
  const data = new Float32Array(channels * count)
  const [low, high] = input.range
  const scale = (high - low) / raster.maximum
  for (let channel = 0; channel < channels; channel++) {
    const at = reader(raster, input.channels, channel)
    for (let pixel = 0; pixel < count; pixel++) {
      data[channel * count + pixel] =
        (low + scale * at(pixel) - (mean[channel] as number)) / (std[channel] as number)
    }
  }
  return tensor(data, [1, channels, raster.height, raster.width])
}

function reader(
  { data }: Raster,
  order: Preprocess['input']['channels'],
  channel: number,
): (pixel: number) => number {
  const at = (index: number) => data[index] as number
  if (order !== 'grey') {
    const offset = CHANNEL_ORDER[order][channel] as number
    return (pixel) => at(pixel * 3 + offset)
  }
  return (pixel) => LUMA[0] * at(pixel * 3) + LUMA[1] * at(pixel * 3 + 1) + LUMA[2] * at(pixel * 3 + 2)
}

/** The raster as bytes `[h, w, 3]`, RGB, for showing it under a map. */
export function rasterBytes({ data, maximum }: Raster): Uint8Array {
  if (data instanceof Uint8Array) return data
  return Uint8Array.from(data, (value) => Math.round((255 * Math.min(maximum, Math.max(0, value))) / maximum))
}
