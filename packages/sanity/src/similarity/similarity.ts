import type { Plane } from './plane.ts'

/**
 * A similarity in two steps, so that what belongs to one map (ranks, filtered means) is computed once for all comparisons.
 * Both steps say `undefined`, never a number, where the similarity has no value: a constant map, a value that is not finite.
 */
export interface Similarity<P> {
  /** Name in rows and options. */
  readonly id: string
  /** What the value means and by which convention it is computed. */
  readonly convention: string
  /** The part that needs one map only. */
  prepare(map: Plane): P | undefined
  /** The part that needs both. */
  compare(a: P, b: P): number | undefined
}

/** Similarity of two maps of one size; undefined where either is constant or not finite. */
export function similarity<P>(measure: Similarity<P>, a: Plane, b: Plane): number | undefined {
  const first = measure.prepare(a)
  const second = measure.prepare(b)
  return first === undefined || second === undefined ? undefined : measure.compare(first, second)
}
