/** Holm's step-down correction (Holm 1979): adjusted p values in the order of the input, each at most 1. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted = pValues.map(() => 0)
  let largest = 0
  order.forEach((index, position) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - position) * pValues[index]!))
    adjusted[index] = largest
  })
  return adjusted
}
