import type { Random } from '@saliency/core'

/** Up to this many differences, all sign patterns are tried and the p value is exact. */
const EXACT_LIMIT = 13

function exactCount(differences: Float64Array, observed: number): number {
  let extreme = 0
  for (let pattern = 0; pattern < 2 ** differences.length; pattern++) {
    let sum = 0
    for (let i = 0; i < differences.length; i++)
      sum += pattern & (1 << i) ? -differences[i]! : differences[i]!
    if (Math.abs(sum) >= observed) extreme++
  }
  return extreme
}

function randomSum(differences: Float64Array, random: Random): number {
  let sum = 0
  let bits = 0
  for (let i = 0; i < differences.length; i++) {
    if (i % 30 === 0) bits = random.integer(0, 2 ** 30 - 1)
    sum += bits & 1 ? -differences[i]! : differences[i]!
    bits >>= 1
  }
  return sum
}

/**
 * Paired sign-flip permutation test of "the mean difference is zero", two-sided.
 * Exact up to 13 pairs; beyond, `permutations` random patterns, counted as (1 + extreme) / (1 + permutations).
 * @param differences one a pair (here: an image), undefined pairs already left out
 * @returns p in (0, 1]; 1 for no pairs
 */
export function signFlipTest(differences: Float64Array, random: Random, permutations = 9999): number {
  if (differences.length === 0) return 1
  const total = differences.reduce((sum, value) => sum + value, 0)
  // Sums of the same numbers in another order of signs differ by rounding, which must not count as "less extreme".
  const observed = Math.abs(total) * (1 - 1e-12)
  if (differences.length <= EXACT_LIMIT) return exactCount(differences, observed) / 2 ** differences.length
  let extreme = 0
  for (let i = 0; i < permutations; i++) if (Math.abs(randomSum(differences, random)) >= observed) extreme++
  return (1 + extreme) / (1 + permutations)
}
