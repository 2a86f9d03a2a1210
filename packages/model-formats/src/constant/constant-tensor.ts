import { forOneImage as sizesForOneImage, type Dim } from '@saliency/core'
import { unsupported } from '../problems.ts'
import type { SourceType } from '../weights/decode-values.ts'

/** What kind of numbers a constant tensor holds. */
export type ConstantType = 'float' | 'integer' | 'boolean'

/**
 * A tensor whose values are known while importing: a weight, or something a file computes from shapes. Sizes may hold the
 * symbolic batch, so an integer tensor's items may be `'n'` or `'4*n'`.
 */
export interface ConstantTensor {
  readonly type: ConstantType
  readonly shape: readonly number[]
  readonly data: ArrayLike<Dim>
  /** True for weights from the file and what is computed from them: these become parameters. */
  readonly isTrained: boolean
  /** The type in the file, of weights: a quantised network's numbers end where it does. */
  readonly stored?: SourceType
}

/** Floats as a constant tensor; nothing is copied. */
export function constantFloats(
  data: Float32Array,
  shape: readonly number[],
  isTrained = false,
): ConstantTensor {
  return { type: 'float', shape, data, isTrained }
}

/** Integers, or sizes that may hold the batch, as a constant tensor; a vector unless `shape` says otherwise. */
export function constantIntegers(
  data: readonly Dim[],
  shape: readonly number[] = [data.length],
): ConstantTensor {
  return { type: 'integer', shape, data, isTrained: false }
}

/** Whether a tensor's items lie in a typed array, which holds no symbolic sizes. */
function isTyped(data: ArrayLike<Dim>): data is Float32Array | Uint8Array | Int8Array {
  return ArrayBuffer.isView(data)
}

/** The same with its sizes for a batch of one image. */
export function forOneImage(known: ConstantTensor): ConstantTensor {
  const { data } = known
  if (isTyped(data) || Array.prototype.every.call(data, (item) => typeof item === 'number')) return known
  return { ...known, data: sizesForOneImage(Array.from(data)) }
}

/** A constant tensor of the same type as `source` with other items. */
export function constantLike(
  source: ConstantTensor,
  data: ArrayLike<Dim>,
  shape: readonly number[],
): ConstantTensor {
  const isFloat = source.type === 'float' && !(data instanceof Float32Array)
  return { ...source, shape, data: isFloat ? Float32Array.from(numbersIn(data)) : data }
}

/** All items as numbers. @throws UNSUPPORTED_MODEL when one depends on the batch size. */
export function numbersIn(data: ArrayLike<Dim>): ArrayLike<number> {
  if (isTyped(data)) return data
  return Array.from(data, (item) => {
    if (typeof item === 'number') return item
    throw unsupported(`it computes with the batch size ('${item}')`)
  })
}

/** The items of a small integer tensor: axes, pads, sizes. */
export function integersOf(known: ConstantTensor): number[] {
  return Array.from(numbersIn(known.data), (item) => Math.trunc(item))
}

/** The values as 32-bit floats; not copied where they are already. */
export function floatsOf(known: ConstantTensor): Float32Array {
  return known.data instanceof Float32Array ? known.data : Float32Array.from(numbersIn(known.data))
}
