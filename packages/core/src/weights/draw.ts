import type { Initializer, Operators } from '../graph/operators.ts'
import type { Random } from '../random.ts'
import type { Fan } from './fan.ts'
import type { RandomInitializer } from './state.ts'

/** Standard deviation of a standard normal cut at ±2, which Keras divides by. */
const TRUNCATED_SPREAD = 0.8796256610342398

/** He et al. 2015: keeps the scale of activations through ReLUs. Taken where a file names no initialiser. */
const HE_NORMAL: Initializer = { name: 'variance-scaling', scale: 2, mode: 'fan_in', distribution: 'normal' }

/** What PyTorch sets a PReLU's slopes to when training starts (He et al. 2015, section 2.1). */
const FIRST_SLOPE: Initializer = { name: 'constant', value: 0.25 }

const sizeOf = ({ shape }: Operators['Parameter']) => shape.reduce((product, dim) => product * dim, 1)

/**
 * Whether a parameter is drawn anew when its layer is. Running statistics follow a policy of their own, fixed numbers are
 * part of the function, and a single number cannot be permuted.
 */
export function isDrawn(parameter: Operators['Parameter'], initializer: RandomInitializer): boolean {
  if (['mean', 'variance', 'fixed'].includes(parameter.role)) return false
  return initializer !== 'permute' || sizeOf(parameter) > 1
}

/** Of what is neither a weight, a bias nor a norm's, no file says how training starts: normal, of the trained values' size. */
function likeTrained(trained: Float32Array): Initializer {
  const square = trained.reduce((sum, value) => sum + value * value, 0) / trained.length
  return { name: 'normal', value: Math.sqrt(square) }
}

/** The initialiser that a parameter is drawn by when its layer is randomised by the layer's own. */
export function ownInitializer(parameter: Operators['Parameter'], trained: Float32Array): Initializer {
  if (parameter.initializer) return parameter.initializer
  switch (parameter.role) {
    case 'kernel':
      return HE_NORMAL
    case 'slope':
      return FIRST_SLOPE
    case 'other':
      return likeTrained(trained)
    case 'gamma':
    case 'variance':
      return { name: 'ones' }
    default:
      return { name: 'zeros' }
  }
}

function truncated(random: Random): number {
  for (;;) {
    const value = random.normal()
    if (Math.abs(value) <= 2) return value
  }
}

type Distribution = NonNullable<Initializer['distribution']>

function sampler(distribution: Distribution, deviation: number, random: Random): () => number {
  switch (distribution) {
    case 'uniform':
      return () => (2 * random.uniform() - 1) * Math.sqrt(3) * deviation
    case 'normal':
      return () => deviation * random.normal()
    case 'truncated-normal':
      return () => (deviation / TRUNCATED_SPREAD) * truncated(random)
  }
}

function varianceScaling(initializer: Initializer, fan: Fan, random: Random): () => number {
  const { scale = 1, mode = 'fan_in', distribution = 'truncated-normal' } = initializer
  const count = mode === 'fan_in' ? fan.in : mode === 'fan_out' ? fan.out : (fan.in + fan.out) / 2
  return sampler(distribution, Math.sqrt(scale / Math.max(1, count)), random)
}

/**
 * One value after another as an initialiser draws them. An orthogonal kernel is replaced by independent normal values
 * of the same spread, gain / √max(fan-in, fan-out).
 */
export function drawer(initializer: Initializer, fan: Fan, random: Random): () => number {
  const { name, value, mean = 0 } = initializer
  switch (name) {
    case 'zeros':
      return () => 0
    case 'ones':
      return () => 1
    case 'constant':
      return () => value ?? 0
    case 'uniform':
      return () => mean + (2 * random.uniform() - 1) * (value ?? 0.05)
    case 'normal':
      return () => mean + (value ?? 0.05) * random.normal()
    case 'truncated-normal':
      return () => mean + (value ?? 0.05) * truncated(random)
    case 'variance-scaling':
      return varianceScaling(initializer, fan, random)
    case 'orthogonal':
      return sampler('normal', (value ?? 1) / Math.sqrt(Math.max(fan.in, fan.out)), random)
  }
}
