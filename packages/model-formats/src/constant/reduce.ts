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
  const groups = Array.from({ length: kept.reduce((product, dim) => product * dim, 1) }, (): Dim[] => [])
  for (const [at, target] of positions(source.shape, kept).entries())
    groups[target]?.push(source.data[at] as Dim)
  const data = groups.map((items) => reduceItems(kind, items))
  const shape = keep ? kept : source.shape.filter((_, axis) => !reduced.has(axis))
  return knownLike(source, data, shape)
}

/** Spreads a known tensor to a shape by broadcasting. */
export function expandKnown(source: Known, target: readonly number[]): Known {
  const shape = broadcastShapes(source.shape, target) as readonly number[]
  return knownLike(source, broadcastItems(source, shape), shape)
}
