import { dependsOnInput, type OpName, type Shape, type Value } from '@saliency/core'
import { dataTypes } from '@saliency/onnx-proto'
import {
  boundsOf,
  dequantiseConstant,
  quantiseConstant,
  type Quantisation,
} from '../../constant/quantised.ts'
import { numbersIn } from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import type { SourceType } from '../../weights/decode-values.ts'
import { isConstant, type Entry, type NodeCall, type OperatorImporter } from '../node-call.ts'

/** How input `index` is quantised: its scale and zero point follow it. */
export function quantisationAt(
  call: NodeCall,
  index: number,
  axis: number = call.attributes.integer('axis', 1),
): Quantisation {
  return {
    scale: call.constant(index + 1),
    zeroPoint: call.has(index + 2) ? call.constant(index + 2) : undefined,
    axis,
    block: call.attributes.integer('block_size', 0),
  }
}

/** Scales as a factor of a signal: a number, or one number a channel. */
function factorOf(call: NodeCall, shape: Shape, { scale, axis, block }: Quantisation): Value {
  const items = Array.from(numbersIn(scale.data))
  if (block !== 0) throw unsupported('a signal that is quantised in blocks')
  if (items.length === 1) return call.ops.constant(items[0] as number)
  const at = axis < 0 ? axis + shape.length : axis
  return call.ops.constant(
    items,
    shape.map((_, place) => (place === at ? items.length : 1)),
  )
}

/** The zero point of a signal, the same for all of its channels. */
function zeroOf({ zeroPoint }: Quantisation): number {
  const [first = 0, ...others] = zeroPoint ? Array.from(numbersIn(zeroPoint.data)) : []
  if (others.every((item) => item === first)) return first
  throw unsupported('a signal of which each channel has a zero point of its own')
}

/** What ends in values below zero as often as not, and so where quantisers leave out the ReLU behind it. */
const layers = new Set<OpName>(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'BatchNormalization', 'Add'])

/** Where the range of a layer's result starts at zero, quantising it is its ReLU, which quantisers leave out. */
function rectified(call: NodeCall, x: Value): Value {
  const { node } = x
  return layers.has(node.op) && node.inputs.slice(0, node.op === 'Add' ? 2 : 1).every(dependsOnInput)
    ? call.ops.relu(x)
    : x
}

/**
 * A signal as whole numbers. Rounding passes the gradient; what lies outside of the range does not. The range is a little
 * less than half a step wider, which rounding takes back: a value that falls on its end lies inside.
 */
export function quantise(call: NodeCall, x: Value, quantisation: Quantisation, type: SourceType): Value {
  const { ops } = call
  const zero = zeroOf(quantisation)
  const [low, high] = boundsOf(type).map((bound) => bound - zero) as [number, number]
  const signal = low === 0 ? rectified(call, x) : x
  const steps = ops.div(signal, factorOf(call, x.shape, quantisation))
  const level = ops.round(ops.clip(steps, low - 0.49, high + 0.49))
  return zero === 0 ? level : ops.add(level, zero)
}

/** A quantised signal as the numbers that it stands for. */
function dequantise(call: NodeCall, x: Value, quantisation: Quantisation): Value {
  const { ops } = call
  const zero = zeroOf(quantisation)
  const [level, added] = x.node.op === 'Add' ? (x.node.inputs as readonly [Value, Value]) : []
  // Adding the zero point and taking it away again is left out.
  const isOwn = level?.node.op === 'Round' && added?.node.op === 'Constant'
  const own = isOwn && (added.node.attributes as { data: readonly number[] }).data[0] === zero
  return ops.mul(own ? level : ops.sub(x, zero), factorOf(call, x.shape, quantisation))
}

/** Input `index`, a weight or a signal, as the numbers that it stands for. */
export function dequantised(call: NodeCall, index: number, axis?: number): Entry {
  const quantisation = quantisationAt(call, index, axis)
  const entry = call.inputs[index]
  return entry && isConstant(entry)
    ? dequantiseConstant(entry, quantisation)
    : dequantise(call, call.value(index), quantisation)
}

/** The type of the result: that of the zero point, else an attribute since operator set 21, else uint8. */
function typeOf(call: NodeCall, { zeroPoint }: Quantisation): SourceType {
  if (zeroPoint?.stored) return zeroPoint.stored
  const asked = call.attributes.integer('output_dtype', 0)
  return (Object.entries(dataTypes).find(([, number]) => number === asked)?.[0] ?? 'uint8') as SourceType
}

const quantizeLinear: OperatorImporter = (call) => {
  const quantisation = quantisationAt(call, 0)
  const type = typeOf(call, quantisation)
  const entry = call.inputs[0]
  return [
    entry && isConstant(entry)
      ? quantiseConstant(entry, quantisation, type)
      : quantise(call, call.value(0), quantisation, type),
  ]
}

/** What brings numbers to whole ones and back. */
export const quantisationOperators: Readonly<Record<string, OperatorImporter>> = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: (call) => [dequantised(call, 0)],
}
