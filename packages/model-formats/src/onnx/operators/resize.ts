import { fixedDim, type Pair, type ResizeAttributes, type Value } from '@saliency/core'
import { integersOf, numbersIn, type Known } from '../../constant/known.ts'
import { unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'

/** `[height, width]` from sizes or factors of all four axes, of which batch and channels must stay. */
function targetSize(x: Value, factors: readonly number[] | undefined, sizes: Known | undefined): Pair {
  if (x.shape.length !== 4) throw unsupported(`it resizes a value of rank ${x.shape.length}, not an image`)
  const [height, width] = [fixedDim(x.shape[2], 'The height'), fixedDim(x.shape[3], 'The width')]
  if (factors) {
    const [batch = 1, channels = 1, rows = 1, columns = 1] = factors
    if (batch !== 1 || channels !== 1) throw unsupported('it resizes the batch or the channels')
    return [Math.floor(height * rows), Math.floor(width * columns)]
  }
  const [, , rows, columns] = Array.from(sizes?.data ?? [])
  return [fixedDim(rows, 'The new height'), fixedDim(columns, 'The new width')]
}

function modeOf({ attributes }: NodeCall): ResizeAttributes['mode'] {
  const mode = attributes.text('mode', 'nearest')
  if (mode === 'nearest' || mode === 'linear') return mode
  throw unsupported(`mode '${mode}' (nearest and linear are supported)`)
}

const coordinates = new Set(['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'])

function floats(call: NodeCall, index: number): readonly number[] | undefined {
  if (!call.has(index)) return undefined
  const known = call.known(index)
  return known.data.length > 0 ? Array.from(numbersIn(known.data)) : undefined
}

/** Nearest-neighbour enlargement by whole factors rounds the same way under every convention. */
function nearestCoordinates(call: NodeCall, x: Value, size: Pair): ResizeAttributes['coordinates'] {
  const name = call.attributes.text('coordinate_transformation_mode', 'half_pixel')
  const rounding = call.attributes.text('nearest_mode', 'round_prefer_floor')
  const isWhole = size.every((side, axis) => Number.isInteger(side / Number(x.shape[axis + 2])))
  if (isWhole && name !== 'align_corners') return 'asymmetric'
  if (name === 'asymmetric' && rounding === 'floor') return name
  throw unsupported(
    `nearest-neighbour resizing with '${name}' and '${rounding}' by a factor that is not whole`,
  )
}

const resize: OperatorImporter = (call) => {
  const x = call.value(0)
  if (call.attributes.has('axes')) throw unsupported("the attribute 'axes'")
  // Operator set 10 had two inputs; since 11 they are X, roi, scales, sizes.
  const factors = floats(call, call.opset < 11 ? 1 : 2)
  const size = targetSize(x, factors, call.opset >= 11 && call.has(3) ? call.known(3) : undefined)
  const mode = modeOf(call)
  if (call.opset < 11) return [call.ops.resize(x, size, { mode, coordinates: 'asymmetric' })]
  if (mode === 'nearest')
    return [call.ops.resize(x, size, { mode, coordinates: nearestCoordinates(call, x, size) })]
  const name = call.attributes.text('coordinate_transformation_mode', 'half_pixel')
  if (!coordinates.has(name)) throw unsupported(`coordinate_transformation_mode '${name}'`)
  if (call.attributes.integer('antialias', 0) !== 0) throw unsupported('antialiasing')
  return [call.ops.resize(x, size, { mode, coordinates: name as ResizeAttributes['coordinates'] })]
}

/** Upsample, of operator set 9 and before, has factors only. */
const upsample: OperatorImporter = (call) => {
  const x = call.value(0)
  const factors = floats(call, 1) ?? call.attributes.floats('scales')
  return [
    call.ops.resize(x, targetSize(x, factors, undefined), { mode: modeOf(call), coordinates: 'asymmetric' }),
  ]
}

/** Pads as an attribute before operator set 11, as an input since; `axes` since 18. */
const pad: OperatorImporter = (call) => {
  const x = call.value(0)
  const rank = x.shape.length
  const list = call.has(1) ? integersOf(call.known(1)) : (call.attributes.integers('pads') ?? [])
  const axes = call.has(3)
    ? integersOf(call.known(3)).map((axis) => (axis < 0 ? axis + rank : axis))
    : x.shape.map((_, axis) => axis)
  const pads: Pair[] = x.shape.map((_, axis) => {
    const at = axes.indexOf(axis)
    return at < 0 ? [0, 0] : [list[at] ?? 0, list[at + axes.length] ?? 0]
  })
  const mode = call.attributes.text('mode', 'constant')
  if (mode !== 'constant' && mode !== 'reflect' && mode !== 'edge') throw unsupported(`mode '${mode}'`)
  const value = call.has(2) ? Number(call.known(2).data[0] ?? 0) : call.attributes.float('value', 0)
  if (pads.every(([before, after]) => before === 0 && after === 0)) return [x]
  return [call.ops.pad(x, { pads, mode, value })]
}

/** `[n, c·b², h, w] → [n, c, h·b, w·b]`. */
const depthToSpace: OperatorImporter = (call) => {
  const { ops, attributes } = call
  const x = call.value(0)
  const [channels, height, width] = x.shape.slice(1).map((dim) => fixedDim(dim, 'A size')) as [
    number,
    number,
    number,
  ]
  const block = attributes.integer('blocksize', 1)
  const depth = channels / block ** 2
  const isDepthFirst = attributes.text('mode', 'DCR') === 'DCR'
  const apart = isDepthFirst ? [block, block, depth, height, width] : [depth, block, block, height, width]
  const perm = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
  const moved = ops.transpose(ops.reshape(x, ['n', ...apart]), perm)
  return [ops.reshape(moved, ['n', depth, height * block, width * block])]
}

/** `[n, c, h, w] → [n, c·b², h/b, w/b]`. */
const spaceToDepth: OperatorImporter = (call) => {
  const { ops } = call
  const x = call.value(0)
  const [channels, height, width] = x.shape.slice(1).map((dim) => fixedDim(dim, 'A size')) as [
    number,
    number,
    number,
  ]
  const block = call.attributes.integer('blocksize', 1)
  const apart = ops.reshape(x, ['n', channels, height / block, block, width / block, block])
  return [
    ops.reshape(ops.transpose(apart, [0, 3, 5, 1, 2, 4]), [
      'n',
      channels * block ** 2,
      height / block,
      width / block,
    ]),
  ]
}

/** Operators that change an image's height and width without weights. */
export const resizeOperators: Readonly<Record<string, OperatorImporter>> = {
  Resize: resize,
  Upsample: upsample,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
}
