import { broadcastShapes, normalizeAxis, sizeOf, type Dim } from '@saliency/core'
import { broadcastItems, positions } from './arithmetic.ts'
import { knownLike, numbersIn, type Known } from './known.ts'

/** Known reductions. A product may hold the batch: it is how files compute the size of a flattened value. */
export type KnownReduction = 'sum' | 'mean' | 'product' | 'maximum' | 'minimum'

function reduceItems(kind: KnownReduction, items: readonly Dim[]): Dim {
  if (kind === 'product')
    return items.some((item) => typeof item !== 'number') ? sizeOf(items) : productOf(items)
  const numbers = Array.from(numbersIn(items))
  if (kind === 'sum' || kind === 'mean') {
    const total = numbers.reduce((sum, item) => sum + item, 0)
    return kind === 'sum' ? total : total / numbers.length
  }
  return numbers.reduce(kind === 'maximum' ? (a, b) => Math.max(a, b) : (a, b) => Math.min(a, b))
}

const productOf = (items: readonly Dim[]): number =>
  items.reduce<number>((product, item) => product * Number(item), 1)

const folds: Readonly<
  Record<Exclude<KnownReduction, 'mean'>, readonly [start: number, fold: (a: number, b: number) => number]>
> = {
  sum: [0, (a, b) => a + b],
  product: [1, (a, b) => a * b],
  maximum: [-Infinity, Math.max],
  minimum: [Infinity, Math.min],
}

/** Floats, of which a kernel has millions: nothing is kept but one number a result, in double precision. */
function reduceFloats(
  kind: KnownReduction,
  data: Float32Array,
  targets: Int32Array,
  count: number,
): Float32Array {
  const [start, fold] = folds[kind === 'mean' ? 'sum' : kind]
  const results = new Float64Array(count).fill(start)
  for (let at = 0; at < data.length; at++) {
    const target = targets[at] as number
    results[target] = fold(results[target] as number, data[at] as number)
  }
  const size = kind === 'mean' ? data.length / count : 1
  return Float32Array.from(results, (result) => result / size)
}

/** Reduces a known tensor along axes (default: all). */
export function reduceKnown(
  kind: KnownReduction,
  source: Known,
  axes: readonly number[] | undefined,
  keep: boolean,
): Known {
  const rank = source.shape.length
  const reduced = new Set(
    (axes ?? source.shape.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, rank)),
  )
  const kept = source.shape.map((dim, axis) => (reduced.has(axis) ? 1 : dim))
  const shape = keep ? kept : source.shape.filter((_, axis) => !reduced.has(axis))
  const count = kept.reduce((product, dim) => product * dim, 1)
  const targets = positions(source.shape, kept)
  if (source.data instanceof Float32Array)
    return knownLike(source, reduceFloats(kind, source.data, targets, count), shape)
  const groups = Array.from({ length: count }, (): Dim[] => [])
  for (const [at, target] of targets.entries()) groups[target]?.push(source.data[at] as Dim)
  const data = groups.map((items) => reduceItems(kind, items))
  return knownLike(source, data, shape)
}

/** Spreads a known tensor to a shape by broadcasting. */
export function expandKnown(source: Known, target: readonly number[]): Known {
  const shape = broadcastShapes(source.shape, target) as readonly number[]
  return knownLike(source, broadcastItems(source, shape), shape)
}
