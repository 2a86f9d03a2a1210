import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Condition, WeightState } from '@saliency/core'

/** JSON with sorted keys: equal data, equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}

/** The first twelve hexadecimal digits of SHA-256. */
export function shortHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 12)
}

/** Equal for equal weight states. */
export function weightsKey(state: WeightState): string {
  return canonical(state)
}

/** Equal for conditions that ask for the same maps; their names differ from check to check. */
export function conditionKey({
  weights,
  target,
  input,
  direction = 'one-hot',
  map = 'one-channel',
  relevance,
}: Condition): string {
  return canonical({ weights, target, input, direction, map, relevance })
}

/** Names weights and input in random streams; nothing for a model's own weights and images as they are. */
export function noiseState({ weights, input, direction = 'one-hot' }: Condition): {
  readonly state?: string
} {
  const isOriginal = weights.kind === 'original' && input.kind === 'original' && direction === 'one-hot'
  // Random streams are keyed by this text: another name for the direction would draw other noise.
  return isOriginal ? {} : { state: canonical({ weights, input, seed: direction }) }
}
