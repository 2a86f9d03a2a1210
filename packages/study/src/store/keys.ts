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

/** Remembers the text of what never changes: each group asks for the same few keys. */
function once<T extends object>(textOf: (value: T) => string): (value: T) => string {
  const texts = new WeakMap<T, string>()
  return (value) => {
    const text = texts.get(value) ?? textOf(value)
    texts.set(value, text)
    return text
  }
}

/** Equal for equal weight states. */
export const weightsKey: (state: WeightState) => string = once(canonical)

/** Equal for conditions that ask for the same maps; their names differ from check to check. */
export const conditionKey: (condition: Condition) => string = once(
  ({ weights, target, input, direction = 'one-hot', map = 'one-channel', relevance }) =>
    canonical({ weights, target, input, direction, map, relevance }),
)

const noiseText: (condition: Condition) => string = once(({ weights, input, direction = 'one-hot' }) =>
  canonical({ weights, input, seed: direction }),
)

/** Names weights and input in random streams; nothing for a model's own weights and images as they are. */
export function noiseState(condition: Condition): { readonly state?: string } {
  const { weights, input, direction = 'one-hot' } = condition
  const isOriginal = weights.kind === 'original' && input.kind === 'original' && direction === 'one-hot'
  // Random streams are keyed by this text: another name for the direction would draw other noise.
  return isOriginal ? {} : { state: noiseText(condition) }
}
