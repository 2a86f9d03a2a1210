import { fixedDim, type Pair } from '@saliency/core'
import { integersOf } from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import type { OperatorImporter } from '../node-call.ts'
import { resize, upsample } from './resample.ts'

/** Pads as an attribute before operator set 11, as an input since; `axes` since 18. */
const pad: OperatorImporter = (call) => {
  const x = call.value(0)
  const rank = x.shape.length
  const list = call.has(1) ? integersOf(call.constant(1)) : (call.attributes.integers('pads') ?? [])
  const axes = call.has(3)
    ? integersOf(call.constant(3)).map((axis) => (axis < 0 ? axis + rank : axis))
    : x.shape.map((_, axis) => axis)
  const pads: Pair[] = x.shape.map((_, axis) => {
    const at = axes.indexOf(axis)
    return at < 0 ? [0, 0] : [list[at] ?? 0, list[at + axes.length] ?? 0]
  })
  const mode = call.attributes.text('mode', 'constant')
  if (mode !== 'constant' && mode !== 'reflect' && mode !== 'edge') throw unsupported(`mode '${mode}'`)
  const value = call.has(2) ? Number(call.constant(2).data[0] ?? 0) : call.attributes.float('value', 0)
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
  const [batch = 'n'] = x.shape
  const moved = ops.transpose(ops.reshape(x, [batch, ...apart]), perm)
  return [ops.reshape(moved, [batch, depth, height * block, width * block])]
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
  const [batch = 'n'] = x.shape
  const apart = ops.reshape(x, [batch, channels, height / block, block, width / block, block])
  return [
    ops.reshape(ops.transpose(apart, [0, 3, 5, 1, 2, 4]), [
      batch,
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
