import { closest as nearest, distance } from 'fastest-levenshtein'

/** The candidate that looks like a misspelling of `text`, if one does. */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined
  const best = nearest(text, candidates as string[])
  return distance(text, best) <= Math.max(2, text.length / 3) ? best : undefined
}
