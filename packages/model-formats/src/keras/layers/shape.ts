import { fixedDim, type Ops, type Pair, type ResizeAttributes } from '@saliency/core'
import {
  channelsFirst,
  channelsLast,
  flattenSource,
  fromSourceOrder,
  inSourceOrder,
  layAs,
  asSourceValue,
  type SourceValue,
} from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { imageSize } from '../../same-padding.ts'
import type { LayerCall, LayerImporter } from '../layer-call.ts'
import { imageAxes, imageInput } from './convolution.ts'

/** Keras brings channels that come first to the end before it flattens, where the layer says that they do. */
const flatten: LayerImporter = (call) => {
  const { input, ops } = call
  const rank = input.axes.length
  if (imageAxes(call) === channelsLast || rank < 3) return flattenSource(input, ops)
  if (rank === 4)
    return flattenSource({ value: layAs(input, channelsFirst, ops).value, axes: channelsLast }, ops)
  const toEnd = [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1]
  return asSourceValue(ops.flatten(ops.transpose(inSourceOrder(input, ops), toEnd)))
}

/** The sizes behind the batch, with one −1 worked out. */
function targetSizes({ config, input }: LayerCall): number[] {
  const target = [...config.numbers('target_shape')]
  const total = input.value.shape
    .slice(1)
    .reduce<number>((product, dim) => product * fixedDim(dim, 'A size'), 1)
  const known = target.reduce((product, dim) => (dim === -1 ? product : product * dim), 1)
  return target.map((dim) => (dim === -1 ? total / known : dim))
}

/** A value with other sizes behind the batch, in the source's order. */
export function reshapeTo(input: SourceValue, sizes: readonly number[], ops: Ops): SourceValue {
  const { shape } = input.value
  // [n, c] ↔ [n, 1, 1, c]: nothing moves, so no transposition is needed.
  const wasVector = shape.slice(2).every((dim) => dim === 1)
  const [height, width, channels = 1] = sizes
  if (wasVector && !input.flattened && sizes.length === 3 && height === 1 && width === 1) {
    return asSourceValue(ops.reshape(input.value, ['n', channels, 1, 1]))
  }
  if (sizes.length === 1) return flattenSource(input, ops)
  return fromSourceOrder(ops.reshape(inSourceOrder(input, ops), ['n', ...sizes]), ops)
}

const reshape: LayerImporter = (call) => reshapeTo(call.input, targetSizes(call), call.ops)

/** `dims` counts from 1 and leaves the batch out. */
const permute: LayerImporter = ({ input, config, ops }) => {
  const perm = [0, ...config.numbers('dims')]
  return fromSourceOrder(ops.transpose(inSourceOrder(input, ops), perm), ops)
}

/** `[[top, bottom], [left, right]]` from one number, two, or two pairs. */
function margins(call: LayerCall, key: string): readonly [Pair, Pair] {
  const value = call.config.raw(key)
  if (Array.isArray(value) && value.every((item) => Array.isArray(item) && item.length === 2)) {
    return value as unknown as [Pair, Pair]
  }
  const [vertical, horizontal] = call.config.pair(key, [1, 1])
  return [
    [vertical, vertical],
    [horizontal, horizontal],
  ]
}

const zeroPadding2d: LayerImporter = (call) => {
  const { value, placed } = imageInput(call)
  const pads: Pair[] = [[0, 0], [0, 0], ...margins(call, 'padding')]
  return placed(call.ops.pad(value, { pads }))
}

const cropping2d: LayerImporter = (call) => {
  const { value, placed } = imageInput(call)
  const [height, width] = imageSize(value)
  const [[top, bottom], [left, right]] = margins(call, 'cropping')
  return placed(
    call.ops.slice(value, { axes: [2, 3], starts: [top, left], ends: [height - bottom, width - right] }),
  )
}

type Interpolation = Pick<ResizeAttributes, 'mode' | 'coordinates'>

/** Keras puts pixels at their centres; TensorFlow.js has a convention of its own in each of the two layers. */
function interpolationOf(
  { config, dialect }: LayerCall,
  standard: string,
  own: Interpolation['coordinates'],
): Interpolation {
  const name = config.string('interpolation', standard)
  if (name === 'nearest') return { mode: 'nearest', coordinates: 'asymmetric' }
  if (name === 'bilinear') return { mode: 'linear', coordinates: dialect === 'tfjs' ? own : 'half_pixel' }
  throw unsupported(`interpolation '${name}' is not supported (nearest and bilinear are)`)
}

const upSampling2d: LayerImporter = (call) => {
  const { value, placed } = imageInput(call)
  const [height, width] = imageSize(value)
  const [rows, columns] = call.config.pair('size', [2, 2])
  const interpolation = interpolationOf(call, 'nearest', 'asymmetric')
  return placed(call.ops.resize(value, [height * rows, width * columns], interpolation))
}

const resizing: LayerImporter = (call) => {
  const { value, placed } = imageInput(call)
  const { config, ops } = call
  for (const setting of ['crop_to_aspect_ratio', 'pad_to_aspect_ratio']) {
    if (config.boolean(setting, false)) throw unsupported(`${setting} is not supported`)
  }
  const size: Pair = [config.number('height'), config.number('width')]
  const [height, width] = imageSize(value)
  if (size[0] === height && size[1] === width) return placed(value)
  const interpolation = interpolationOf(call, 'bilinear', 'align_corners')
  const isWhole = size[0] % height === 0 && size[1] % width === 0
  if (interpolation.mode === 'nearest' && (call.dialect === 'tfjs' || !isWhole)) {
    throw unsupported('nearest-neighbour resizing by a factor that is not whole is not supported')
  }
  return placed(ops.resize(value, size, interpolation))
}

const centerCrop: LayerImporter = (call) => {
  const { value, placed } = imageInput(call)
  const [height, width] = imageSize(value)
  const [rows, columns] = [call.config.number('height'), call.config.number('width')]
  if (rows > height || columns > width) throw unsupported('a crop larger than its image')
  const [top, left] = [Math.floor((height - rows) / 2), Math.floor((width - columns) / 2)]
  return placed(
    call.ops.slice(value, { axes: [2, 3], starts: [top, left], ends: [top + rows, left + columns] }),
  )
}

/** Layers that move values. */
export const shapeLayers: Readonly<Record<string, LayerImporter>> = {
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  ZeroPadding2D: zeroPadding2d,
  Cropping2D: cropping2d,
  UpSampling2D: upSampling2d,
  Resizing: resizing,
  CenterCrop: centerCrop,
}
