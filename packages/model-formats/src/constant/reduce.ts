import { broadcastShapes, normalizeAxis, sizeOf, type Dim } from '@saliency/core'
import { broadcastItems } from './arithmetic.ts'
import { constantLike, numbersIn, type ConstantTensor } from './constant-tensor.ts'
import { positions, runsOf } from './runs.ts'

/** Constant reductions. A product may hold the batch: it is how files compute the size of a flattened value. */
export type ConstantReduction = 'sum' | 'mean' | 'product' | 'maximum' | 'minimum'

type Fold = readonly [start: number, fold: (a: number, b: number) => number]

/** A mean is a sum, divided by the number of items. */
const folds: { readonly [K in ConstantReduction]: Fold } = {
  sum: [0, (a, b) => a + b],
  mean: [0, (a, b) => a + b],
  product: [1, (a, b) => a * b],
  maximum: [-Infinity, Math.max],
  minimum: [Infinity, Math.min],
}

function reduceItems(kind: ConstantReduction, items: readonly Dim[]): Dim {
  if (kind === 'product' && items.some((item) => typeof item !== 'number')) return sizeOf(items)
  const [start, fold] = folds[kind]
  const total = Array.from(numbersIn(items)).reduce((sum, item) => fold(sum, item), start)
  return kind === 'mean' ? total / items.length : total
}

/** Floats, of which a kernel has millions: nothing is kept but one number a result, in double precision. */
function reduceFloats(
  kind: ConstantReduction,
  { data, shape }: ConstantTensor & { readonly data: Float32Array },
  kept: readonly number[],
): Float32Array {
  const [start, fold] = folds[kind]
  const results = new Float64Array(kept.reduce((product, dim) => product * dim, 1)).fill(start)
  const { length, operands } = runsOf(shape, [kept])
  const { starts, step } = operands[0] as (typeof operands)[number]
  let at = 0
  for (const first of starts) {
    let target = first
    for (let index = 0; index < length; index++) {
      results[target] = fold(results[target] as number, data[at++] as number)
      target += step
    }
  }
  const size = kind === 'mean' ? data.length / results.length : 1
  return Float32Array.from(results, (result) => result / size)
}

/** Reduces a constant tensor along axes (default: all). */
export function reduceConstant(
  kind: ConstantReduction,
  source: ConstantTensor,
  axes: readonly number[] | undefined,
  keep: boolean,
): ConstantTensor {
  const rank = source.shape.length
  const reduced = new Set(
    (axes ?? source.shape.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, rank)),
  )
  const kept = source.shape.map((dim, axis) => (reduced.has(axis) ? 1 : dim))
  const shape = keep ? kept : source.shape.filter((_, axis) => !reduced.has(axis))
  const { data: items } = source
  if (items instanceof Float32Array)
    return constantLike(source, reduceFloats(kind, { ...source, data: items }, kept), shape)
  const count = kept.reduce((product, dim) => product * dim, 1)
  const targets = positions(source.shape, kept)
  const groups = Array.from({ length: count }, (): Dim[] => [])
  for (const [at, target] of targets.entries()) groups[target]?.push(source.data[at] as Dim)
  const data = groups.map((group) => reduceItems(kind, group))
  return constantLike(source, data, shape)
}

/** Spreads a constant tensor to a shape by broadcasting. */
export function expandConstant(source: ConstantTensor, target: readonly number[]): ConstantTensor {
  const shape = broadcastShapes(source.shape, target) as readonly number[]
  return constantLike(source, broadcastItems(source, shape), shape)
}
