/** Steps of the integration over angles; the error is far below what a study resolves. */
const STEPS = 20_000

const known = new Map<number, number>()

/**
 * The median of |cos| between two independent Gaussian vectors of `dimensions` numbers. The angle's density is proportional
 * to sin^(d−2); the median is where half of the area over [0, π/2] is reached, found by the midpoint rule.
 */
export function medianChanceCosine(dimensions: number): number {
  if (dimensions < 2) return 1
  const found = known.get(dimensions)
  if (found !== undefined) return found
  const density = (step: number) => Math.sin(((step + 0.5) / STEPS) * (Math.PI / 2)) ** (dimensions - 2)
  let area = 0
  for (let step = 0; step < STEPS; step++) area += density(step)
  let passed = 0
  let step = 0
  while (passed + density(step) < area / 2) passed += density(step++)
  const angle = ((step + (area / 2 - passed) / density(step)) / STEPS) * (Math.PI / 2)
  known.set(dimensions, Math.cos(angle))
  return Math.cos(angle)
}
