import { counted, normalizeAxis } from '@saliency/core'
import { invalid, unsupported } from '../problems.ts'
import type { SourceType } from '../weights/decode-values.ts'
import { roundHalfToEven } from './arithmetic.ts'
import { constantFloats, numbersIn, type ConstantTensor } from './constant-tensor.ts'
import { stridesOf } from '../weights/permute.ts'

/** How a tensor is quantised: a number q stands for (q − zero point) · scale. */
export interface Quantisation {
  readonly scale: ConstantTensor
  /** Zero where the file gives none. */
  readonly zeroPoint: ConstantTensor | undefined
  /** The axis of scales that are one a channel. */
  readonly axis: number
  /** How many items along the axis share a scale, where each block has its own; else 0. */
  readonly block: number
}

/** Smallest and largest number of the types that networks are quantised to. */
const bounds: { readonly [type in SourceType]?: readonly [number, number] } = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
}

/** The range of a quantised type. @throws UNSUPPORTED_MODEL for types that are not 8 or 16 bits wide. */
export function boundsOf(type: SourceType): readonly [number, number] {
  const range = bounds[type]
  if (!range) throw unsupported(`it quantises to ${type}; 8 and 16 bit integers are supported`)
  return range
}

/** Where the scale of an item lies: one for all, one a channel, or one a block. */
function groupOf(shape: readonly number[], { scale, axis, block }: Quantisation): (index: number) => number {
  const count = scale.data.length
  if (count === 1) return () => 0
  const at = normalizeAxis(axis, shape.length)
  const [length, step] = [shape[at] as number, stridesOf(shape)[at] as number]
  if (block === 0) {
    if (count !== length)
      throw invalid(`A weight of ${counted(length, 'channel')} has ${counted(count, 'scale')}.`)
    return (index) => Math.floor(index / step) % length
  }
  const blocks = Math.ceil(length / block)
  return (index) => {
    const [outer, place] = [Math.floor(index / (step * length)), Math.floor(index / step) % length]
    return (outer * blocks + Math.floor(place / block)) * step + (index % step)
  }
}

/** The numbers that a quantised weight stands for. */
export function dequantiseConstant(x: ConstantTensor, quantisation: Quantisation): ConstantTensor {
  const group = groupOf(x.shape, quantisation)
  const [numbers, scale] = [numbersIn(x.data), numbersIn(quantisation.scale.data)]
  const zero = quantisation.zeroPoint && numbersIn(quantisation.zeroPoint.data)
  const data = new Float32Array(numbers.length)
  for (let index = 0; index < data.length; index++) {
    const at = group(index)
    data[index] = ((numbers[index] as number) - (zero?.[at] ?? 0)) * (scale[at] as number)
  }
  return constantFloats(data, x.shape, true)
}

/** The nearest numbers of a quantised type, halves to the even one. */
export function quantiseConstant(
  x: ConstantTensor,
  quantisation: Quantisation,
  stored: SourceType,
): ConstantTensor {
  const group = groupOf(x.shape, quantisation)
  const [low, high] = boundsOf(stored)
  const [numbers, scale] = [numbersIn(x.data), numbersIn(quantisation.scale.data)]
  const zero = quantisation.zeroPoint && numbersIn(quantisation.zeroPoint.data)
  const data = Array.from({ length: numbers.length }, (_, index) => {
    const at = group(index)
    // Runtimes divide floats.
    const level = roundHalfToEven(Math.fround((numbers[index] as number) / (scale[at] as number)))
    return Math.min(Math.max(level + (zero?.[at] ?? 0), low), high)
  })
  return { type: 'integer', shape: x.shape, data, isTrained: false, stored }
}
