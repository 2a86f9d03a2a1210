/** At most `count` of the items, evenly spread, the first and the last among them; one alone is the last, and 0 is all. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (count <= 0 || items.length <= count) return [...items]
  if (count === 1) return items.slice(-1)
  const chosen = Array.from({ length: count }, (_, i) => Math.round((i * (items.length - 1)) / (count - 1)))
  return [...new Set(chosen)].map((i) => items[i]!)
}
