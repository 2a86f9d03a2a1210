import { SaliencyError, tensor, type FloatTensor } from '@saliency/core'
import { channelCount, type Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'

/** For each input channel, the channel of the RGB raster it is taken from. */
const CHANNEL_ORDER = { RGB: [0, 1, 2], BGR: [2, 1, 0] } as const

/** Weights of red, green and blue in a grey value (ITU-R BT.601, as Pillow's "L"). */
const LUMA = [0.299, 0.587, 0.114] as const

/** For a picture before a network that takes other channels than colours. */
export function ofColours(channels: number): SaliencyError {
  return new SaliencyError(
    'INVALID_INPUT',
    `a picture holds red, green and blue, but input.channels is ${channels}: give the images as an array of ${channels} channels (.npy, [n, h, w, ${channels}] or [n, ${channels}, h, w]), or write "RGB", "BGR" or "grey" there`,
  )
}

/**
 * Turns a raster of the input's size into what the network takes: range, channel order, then (x − mean) / std.
 * @returns `[1, c, h, w]`
 * @throws INVALID_INPUT where the network takes channels that are no colours
 */
export function normaliseRaster(raster: Raster, { input, mean, std }: Preprocess): FloatTensor {
  const count = raster.height * raster.width
  const order = input.channels
  if (typeof order === 'number') throw ofColours(order)
  const channels = channelCount(order)
  const data = new Float32Array(channels * count)
  const [low, high] = input.range
  const scale = (high - low) / raster.maximum
  for (let channel = 0; channel < channels; channel++) {
    const at = reader(raster, order, channel)
    const middle = mean[channel] as number
    const spread = std[channel] as number
    for (let pixel = 0; pixel < count; pixel++)
      data[channel * count + pixel] = (low + scale * at(pixel) - middle) / spread
  }
  return tensor(data, [1, channels, raster.height, raster.width])
}

function reader(
  { data }: Raster,
  order: Exclude<Preprocess['input']['channels'], number>,
  channel: number,
): (pixel: number) => number {
  if (order !== 'grey') {
    const offset = CHANNEL_ORDER[order][channel] as number
    return (pixel) => data[pixel * 3 + offset]!
  }
  return (pixel) =>
    LUMA[0] * data[pixel * 3]! + LUMA[1] * data[pixel * 3 + 1]! + LUMA[2] * data[pixel * 3 + 2]!
}

/** The raster as bytes `[h, w, 3]`, RGB, for showing it under a map. */
export function rasterBytes({ data, maximum }: Raster): Uint8Array {
  if (data instanceof Uint8Array) return data
  return Uint8Array.from(data, (value) => Math.round((255 * Math.min(maximum, Math.max(0, value))) / maximum))
}
