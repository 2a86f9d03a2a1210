import { firstState, type RandomKey } from './random-key.ts'

const [UNIT_26, UNIT_53] = [2 ** -26, 2 ** -53]

/** The lowest 26 and 27 bits of two words make a uniform number of 53 bits. */
function uniformOf(high: number, low: number): number {
  return (high & 0x3ffffff) * UNIT_26 + (low & 0x7ffffff) * UNIT_53
}

/**
 * Fills an array with what a new stream's `normal()` gives, one number after the other. Noise is millions of them: with the
 * generator's state in local variables they take two thirds of the time. The generator is xoroshiro128+ in halves of 32 bits,
 * and the method Marsaglia's polar one, as the libraries behind `createRandom` have them.
 */
export function fillNormal(target: Float32Array, key: RandomKey): void {
  let [s01 = 0, s00 = 0, s11 = 0, s10 = 0] = firstState(key)
  const words = new Int32Array(4)
  for (let at = 0; at < target.length;) {
    for (let word = 0; word < 4; word++) {
      words[word] = s00 + s10
      const low = s10 ^ s00
      const high = s11 ^ s01
      const next00 = (s00 << 24) ^ (s01 >>> 8) ^ low ^ (low << 16)
      s01 = (s01 << 24) ^ (s00 >>> 8) ^ high ^ ((high << 16) | (low >>> 16))
      s00 = next00
      s10 = (high << 5) ^ (low >>> 27)
      s11 = (low << 5) ^ (high >>> 27)
    }
    const x = 2 * uniformOf(words[0]!, words[1]!) - 1
    const y = 2 * uniformOf(words[2]!, words[3]!) - 1
    const squared = x * x + y * y
    if (squared === 0 || squared > 1) continue
    const stretch = Math.sqrt((-2 * Math.log(squared)) / squared)
    target[at++] = y * stretch
    if (at < target.length) target[at++] = x * stretch
  }
}
