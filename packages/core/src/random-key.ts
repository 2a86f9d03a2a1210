import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'

/** What names a stream: its parts are separated unambiguously, so `('a', 'bc')` and `('ab', 'c')` differ. */
export type RandomKey = readonly (string | number)[]

/** Where the generator of a stream begins: four numbers of 32 bits. */
export function firstState(key: RandomKey): number[] {
  const digest = new DataView(sha256(utf8ToBytes(JSON.stringify(key))).buffer)
  return [0, 4, 8, 12].map((offset) => digest.getInt32(offset))
}
