import type { Initializer } from '../graph/operators.ts'
import type { Random } from '../random.ts'

/** How many values feed one output, and how many outputs one value feeds: `[out, in, kh, kw]` or `[in, out]`. */
export interface Fans {
  readonly in: number
  readonly out: number
}

/** Standard deviation of a normal truncated at two, relative to the untruncated one. */
const truncation = 0.879_625_661_034_239_8

function truncatedNormal(random: Random): number {
  let value = random.normal()
  while (Math.abs(value) > 2) value = random.normal()
  return value
}

/** A source of values with mean 0 and the given standard deviation. */
function centred(distribution: Initializer['distribution'], deviation: number, random: Random): () => number {
  const halfWidth = deviation * Math.sqrt(3)
  if (distribution === 'uniform') return () => (2 * random.uniform() - 1) * halfWidth
  if (distribution === 'truncated-normal') return () => (truncatedNormal(random) * deviation) / truncation
  return () => random.normal() * deviation
}

function varianceScaling(
  { scale = 1, mode = 'fan_in', distribution }: Initializer,
  fans: Fans,
  random: Random,
): () => number {
  const fan = mode === 'fan_in' ? fans.in : mode === 'fan_out' ? fans.out : (fans.in + fans.out) / 2
  return centred(distribution, Math.sqrt(scale / Math.max(1, fan)), random)
}

/** The stream of values that an initialiser draws; orthogonal is drawn as a normal of the same variance. */
export function drawFrom(initializer: Initializer, fans: Fans, random: Random): () => number {
  const { name, value = 0.05 } = initializer
  switch (name) {
    case 'zeros':
      return () => 0
    case 'ones':
      return () => 1
    case 'constant':
      return () => value
    case 'uniform':
      return () => (2 * random.uniform() - 1) * value
    case 'normal':
      return () => random.normal() * value
    case 'truncated-normal':
      return () => truncatedNormal(random) * value
    case 'orthogonal':
      return varianceScaling({ name, scale: 1, mode: 'fan_avg', distribution: 'normal' }, fans, random)
    default:
      return varianceScaling(initializer, fans, random)
  }
}
