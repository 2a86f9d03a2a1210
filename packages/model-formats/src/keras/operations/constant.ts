import { tensor, type Ops, type Value } from '@saliency/core'
import { inSourceOrder, asSourceValue, type SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { permute } from '../../weights/permute.ts'

/** Numbers that a file holds in place of a tensor. */
export interface Constant {
  readonly data: readonly number[]
  readonly shape: readonly number[]
}

/** A number, or lists of numbers that are an array; undefined for anything else. */
export function readConstant(value: unknown): Constant | undefined {
  if (typeof value === 'number') return { data: [value], shape: [] }
  if (typeof value === 'boolean') return { data: [Number(value)], shape: [] }
  if (!Array.isArray(value)) return undefined
  const items = value.map(readConstant)
  const [first] = items
  if (!first) return undefined
  if (!items.every((item) => item && item.shape.join() === first.shape.join())) return undefined
  return {
    data: (items as Constant[]).flatMap(({ data }) => data),
    shape: [items.length, ...first.shape],
  }
}

/**
 * A value with numbers beside it, aligned from the last axis as NumPy does, both in the same order of axes.
 * @throws UNSUPPORTED_MODEL for numbers that differ by image, or of a higher rank
 */
export function beside(source: SourceValue, constant: Constant, ops: Ops): [SourceValue, Value | number] {
  const [only = 0] = constant.data
  if (constant.data.length === 1 && constant.shape.length <= source.axes.length) return [source, only]
  const base = source.flattened ? asSourceValue(inSourceOrder(source, ops)) : source
  const missing = base.axes.length - constant.shape.length
  if (missing < 0)
    throw unsupported(
      `numbers of shape [${constant.shape.join(', ')}] beside a value of rank ${base.axes.length}`,
    )
  const full = [...Array.from({ length: missing }, () => 1), ...constant.shape]
  if (full[0] !== 1)
    throw unsupported(`numbers of shape [${full.join(', ')}], which differ from image to image`)
  const order = base.axes.map((_, axis) => base.axes.indexOf(axis))
  const arranged = permute(tensor(Float32Array.from(constant.data), full), order)
  return [base, ops.constant([...arranged.data], arranged.shape)]
}
