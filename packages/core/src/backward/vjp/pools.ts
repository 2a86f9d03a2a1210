import type { AveragePoolAttributes, OpName, Pads } from '../../graph/operators.ts'
import type { Ops } from '../../graph/ops.ts'
import { fixedDim, type Shape } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import { repeatTo } from '../broadcast.ts'
import { convInputGradient } from '../kernels.ts'
import { maxPoolSignal } from './max-pool.ts'
import { isTiling, overTiles } from './tiles.ts'
import type { Vjp } from './vjp.ts'

/** Along one axis: how many positions each window averages. */
function counts(length: number, windows: number, axis: 0 | 1, attributes: AveragePoolAttributes): number[] {
  const { kernel, strides, pads, dilations, countIncludePad } = attributes
  const after = countIncludePad ? pads[axis === 0 ? 2 : 3] : 0
  const first = countIncludePad ? -pads[axis] : 0
  return Array.from({ length: windows }, (_, window) => {
    const start = window * strides[axis] - pads[axis]
    const positions = Array.from({ length: kernel[axis] }, (_, tap) => start + tap * dilations[axis])
    return positions.filter((position) => position >= first && position < length + after).length
  })
}

/** The number of values that each output of an average pool divides by, `[1, 1, h', w']`. */
function divisor(ops: Ops, input: Shape, output: Shape, attributes: AveragePoolAttributes): Value {
  const [height, width] = [fixedDim(input[2], 'The height'), fixedDim(input[3], 'The width')]
  const rows = counts(height, fixedDim(output[2], 'The height'), 0, attributes)
  const columns = counts(width, fixedDim(output[3], 'The width'), 1, attributes)
  if (new Set(rows).size === 1 && new Set(columns).size === 1)
    return ops.constant((rows[0] ?? 1) * (columns[0] ?? 1))
  return ops.constant(
    rows.flatMap((row) => columns.map((column) => row * column)),
    [1, 1, rows.length, columns.length],
  )
}

function averagePoolSignal(ops: Ops, x: Value, attributes: AveragePoolAttributes, signal: Value): Value {
  const share = ops.div(signal, divisor(ops, x.shape, signal.shape, attributes))
  const { kernel, strides, pads, dilations } = attributes
  const channels = fixedDim(x.shape[1], 'The channel count')
  const size = [fixedDim(x.shape[2], 'The height'), fixedDim(x.shape[3], 'The width')] as const
  if (isTiling(x, attributes)) return overTiles(x, share)
  // With ceil mode the last window reaches past the declared padding; the way back must know how far.
  const end = (axis: 0 | 1) =>
    strides[axis] * (Number(signal.shape[axis + 2]) - 1) +
    dilations[axis] * (kernel[axis] - 1) +
    1 -
    size[axis] -
    pads[axis]
  const reached: Pads = [pads[0], pads[1], Math.max(0, end(0)), Math.max(0, end(1))]
  const ones = ops.fill([channels, 1, ...kernel], 1)
  return convInputGradient(ops, share, ones, { strides, pads: reached, dilations, group: channels }, x.shape)
}

/** Gradients of pooling. */
export const poolVjps: { readonly [K in OpName]?: Vjp<K> } = {
  MaxPool: ({ ops, signal, inputs, node }) => maxPoolSignal(ops, inputs[0] as Value, node.attributes, signal),
  AveragePool: ({ ops, signal, inputs, node }) =>
    averagePoolSignal(ops, inputs[0] as Value, node.attributes, signal),
  GlobalAveragePool({ ops, signal, inputs }) {
    const { shape } = inputs[0] as Value
    const area = fixedDim(shape[2], 'The height') * fixedDim(shape[3], 'The width')
    return repeatTo(ops, ops.div(signal, area), shape)
  },
  GlobalMaxPool({ ops, signal, inputs }) {
    const x = inputs[0] as Value
    const kernel = [fixedDim(x.shape[2], 'The height'), fixedDim(x.shape[3], 'The width')] as const
    const whole = { kernel, strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], ceilMode: false } as const
    return maxPoolSignal(ops, x, whole, signal)
  },
}
