import { closest, distance } from 'fastest-levenshtein'

/** The nearest of `known` to what was typed, or undefined if none is near. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const best = closest(typed.toLowerCase(), known)
  return distance(typed.toLowerCase(), best.toLowerCase()) <= Math.max(2, typed.length / 3) ? best : undefined
}

/** ` Did you mean 'x'?`, or nothing. */
export function suggestion(typed: string, known: readonly string[]): string {
  const best = nearest(typed, known)
  return best === undefined ? '' : ` Did you mean '${best}'?`
}
