import type { AveragePoolAttributes, OpName } from '../../graph/operators.ts'
import type { Ops } from '../../graph/ops.ts'
import { averagedPositions, pooledPads } from '../../graph/pool-windows.ts'
import { fixedDim, type Shape } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import { repeatTo } from '../broadcast.ts'
import { convInputGradient } from '../conv-gradient.ts'
import { maxPoolSignal } from './max-pool.ts'
import { isTiling, overTiles } from './tiles.ts'
import type { Vjp } from './vjp.ts'

/** The number of values that each output of an average pool divides by: one number, or `[1, 1, h', w']`. */
function divisor(ops: Ops, input: Shape, output: Shape, attributes: AveragePoolAttributes): Value {
  const positions = averagedPositions(input, output, attributes)
  const isEven = positions.every((count) => count === positions[0])
  return isEven
    ? ops.constant(positions[0] ?? 1)
    : ops.constant(positions, [1, 1, ...output.slice(2).map(Number)])
}

function averagePoolSignal(ops: Ops, x: Value, attributes: AveragePoolAttributes, signal: Value): Value {
  const share = ops.div(signal, divisor(ops, x.shape, signal.shape, attributes))
  if (isTiling(x, attributes)) return overTiles(x, share)
  const { kernel, strides, dilations } = attributes
  const channels = fixedDim(x.shape[1], 'The channel count')
  const pads = pooledPads(x.shape, signal.shape, attributes)
  const ones = ops.fill([channels, 1, ...kernel], 1)
  return convInputGradient(ops, share, ones, { strides, pads, dilations, group: channels }, x.shape)
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
