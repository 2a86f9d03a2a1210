import { SaliencyError, type NumpyArray } from '@saliency/core'
import { channelCount, type Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'

/** Where the pixels of an array of images are. */
export interface ArrayLayout {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Whether the channels come before height and width. */
  readonly isPlanar: boolean
  readonly data: NumpyArray['data']
  /** The value of white: 255, 65535 or, for floats, 1. */
  readonly maximum: number
}

const MAXIMA: Readonly<Record<string, number>> = { u1: 255, u2: 65_535, f4: 1, f8: 1 }

/**
 * Tells which axis of an array holds the channels: the last if it has 1 or 3 entries, or as many as the model takes, else the
 * second.
 * @param bands how many channels the model takes, where it is known
 * @throws INVALID_INPUT if neither fits, or for a type that holds no pixels
 */
export function imageLayout({ shape, type, data }: NumpyArray, where: string, bands?: number): ArrayLayout {
  const maximum = MAXIMA[type]
  if (maximum === undefined) {
    throw new SaliencyError('INVALID_INPUT', `${where}: pixels must be of type u1, u2, f4 or f8, not ${type}`)
  }
  if (shape.includes(0)) {
    throw new SaliencyError('INVALID_INPUT', `${where} holds no images: its shape is [${shape.join(', ')}]`)
  }
  const [count = 0, a = 0, b = 0, c = 0] = shape
  if (shape.length === 2) return imageLayout({ shape: [1, ...shape], type, data }, where, bands)
  if (shape.length === 3 && readingOf(shape, where, bands) === 'one image')
    return imageLayout({ shape: [1, ...shape], type, data }, where, bands)
  const base = { count, data, maximum }
  const isChannels = (size: number) => (isMany(bands) ? size === bands : size === 1 || size === 3)
  if (shape.length === 3) return { ...base, height: a, width: b, channels: 1, isPlanar: false }
  if (shape.length === 4 && isChannels(c))
    return { ...base, height: a, width: b, channels: c, isPlanar: false }
  if (shape.length === 4 && isChannels(a))
    return { ...base, height: b, width: c, channels: a, isPlanar: true }
  if (isMany(bands)) {
    throw new SaliencyError(
      'INVALID_INPUT',
      `${where} has the shape [${shape.join(', ')}]; the model takes ${bands} channels: images are [n, h, w, ${bands}] or [n, ${bands}, h, w]`,
    )
  }
  throw new SaliencyError(
    'INVALID_INPUT',
    `${where} has the shape [${shape.join(', ')}]; images are [n, h, w, 3], [n, h, w, 1], [n, h, w], [n, 3, h, w] or [n, 1, h, w], one image [h, w, 3] or [h, w]`,
  )
}

/**
 * Whether an array with three axes is one picture, `[h, w, 3]`, or grey pictures, `[n, h, w]`.
 * @throws INVALID_INPUT where it could be either
 */
function readingOf(
  shape: readonly number[],
  where: string,
  bands: number | undefined,
): 'one image' | 'grey images' {
  const [first = 0, rows = 0, last = 0] = shape
  // Grey images have no many channels.
  if (isMany(bands)) return 'one image'
  const refuse = (reason: string): never => {
    throw new SaliencyError('INVALID_INPUT', `${where} has the shape [${shape.join(', ')}]: ${reason}`)
  }
  if (first === 3) {
    refuse(
      `one RGB image [3, h, w] or three grey ones? Save it as [1, ${shape.join(', ')}] or [${shape.join(', ')}, 1]`,
    )
  }
  if (last === 4 && first > 4 && rows > 4) {
    refuse('a picture with transparency? Save its three colours, [h, w, 3]')
  }
  return last === 3 || (last === 1 && first > 1) ? 'one image' : 'grey images'
}

/** More channels, or other ones, than a picture's colours. */
export function isMany(bands: number | undefined): bands is number {
  return bands !== undefined && bands !== 1 && bands !== 3
}

/** Where the value of one channel of one pixel lies. */
export function offsetOf(
  { height, width, channels, isPlanar }: ArrayLayout,
  index: number,
  pixel: number,
  channel: number,
): number {
  const plane = height * width
  const start = index * plane * channels
  return isPlanar ? start + channel * plane + pixel : start + pixel * channels + channel
}

/** One image as RGB. */
export function rasterAt(layout: ArrayLayout, index: number): Raster {
  const { height, width, channels, maximum } = layout
  const size = height * width * 3
  const data =
    maximum === 255 ? new Uint8Array(size) : maximum === 1 ? new Float32Array(size) : new Uint16Array(size)
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const source = offsetOf(layout, index, pixel, channels === 1 ? 0 : channel)
      data[pixel * 3 + channel] = layout.data[source] as number
    }
  }
  return { height, width, data, maximum }
}

/** One image as it is, `[c, h, w]`. */
export function sliceImage(layout: ArrayLayout, index: number): Float32Array {
  const plane = layout.height * layout.width
  return Float32Array.from({ length: layout.channels * plane }, (_, position) => {
    const channel = Math.floor(position / plane)
    return layout.data[offsetOf(layout, index, position % plane, channel)] as number
  })
}

/** Undoes mean, standard deviation, range and channel order: RGB bytes `[h, w, 3]` for display. */
export function denormalise(data: Float32Array, { input, mean, std }: Preprocess): Uint8Array {
  const plane = input.height * input.width
  const [low, high] = input.range
  return Uint8Array.from({ length: plane * 3 }, (_, position) => {
    const shown = position % 3
    const channel = input.channels === 'BGR' ? 2 - shown : Math.min(shown, channelCount(input.channels) - 1)
    const value = (data[channel * plane + Math.floor(position / 3)] as number) * (std[channel] as number)
    const share = (value + (mean[channel] as number) - low) / (high - low)
    return Math.round(255 * Math.min(1, Math.max(0, share)))
  })
}
