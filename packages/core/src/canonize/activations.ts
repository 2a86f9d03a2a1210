import { candidates, candidatesWith, type Noun, type NumberFunction } from './nouns.ts'
import { evaluate, type Region } from './region.ts'

/** Where functions are compared: near zero, where activations bend, and far out. */
const points: readonly number[] = [
  0,
  ...Array.from({ length: 60 }, (_, at) => 0.004 * 1.2 ** at).flatMap((x) => [x, -x]),
  ...[1, 3, 6, 1e3, 1e6].flatMap((x) => [x, -x]),
]

/** Whether two functions agree, as far as single precision tells; points at which a spelling overflows do not count. */
function agree(f: NumberFunction, g: NumberFunction): boolean {
  let compared = 0
  for (const x of points) {
    const [wanted, found] = [g(x), f(x)]
    if (!Number.isFinite(found)) continue
    if (!(Math.abs(found - wanted) <= 1e-6 + 1e-5 * Math.abs(wanted))) return false
    compared++
  }
  return compared > points.length / 2
}

/** The activation that an element-wise region computes, however it is written; undefined if it is none of those known. */
export function activationOf(region: Region): Noun | undefined {
  const at =
    (p: number): NumberFunction =>
    (x) =>
      evaluate(region, [x], [p])?.[0] ?? Number.NaN
  if (region.parameters.length > 1) return undefined
  if (region.parameters.length === 0) return candidates(at(0)).find(({ compute }) => agree(at(0), compute))
  const trials = [0.25, -0.7, 1.6].map((p) => ({ f: at(p), nouns: candidatesWith(p) }))
  return trials[0]?.nouns.find((_, index) =>
    trials.every(({ f, nouns }) => agree(f, (nouns[index] as Noun).compute)),
  )
}
