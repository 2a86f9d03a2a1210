import { closest, distance } from 'fastest-levenshtein'

/** Shorter texts are part of too many names. */
const SHORTEST_PART = 3

/** The name that was meant by what was typed: spelled much like it, or else the first that contains it; case does not count. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const [lower, names] = [typed.toLowerCase(), known.map((name) => name.toLowerCase())]
  const best = closest(lower, names)
  if (distance(lower, best) <= Math.max(2, typed.length / 3)) return known[names.indexOf(best)]
  return typed.length < SHORTEST_PART ? undefined : known[names.findIndex((name) => name.includes(lower))]
}

/** ` Did you mean 'x'?`, or nothing. */
export function suggestion(typed: string, known: readonly string[]): string {
  const best = nearest(typed, known)
  return best === undefined ? '' : ` Did you mean '${best}'?`
}
