import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { randomNormal } from 'd3-random'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of random numbers that depends on nothing but its key. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number
  /** Uniform integer, both ends included. */
  integer(minimum: number, maximum: number): number
  /** A new array with the same items in random order. */
  shuffle<T>(items: readonly T[]): T[]
}

/**
 * Opens the stream named by `key`, for instance `createRandom(seed, 'weights', 'conv1/kernel', draw)`.
 * Keyed streams, unlike one sequential stream, give the same numbers whatever ran before: threads, workers and
 * resumed runs agree. Parts are separated unambiguously, so `('a', 'bc')` and `('ab', 'c')` differ.
 */
export function createRandom(...key: readonly (string | number)[]): Random {
  const digest = new DataView(sha256(utf8ToBytes(JSON.stringify(key))).buffer)
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.getInt32(offset)))
  const uniform = () => uniformFloat64(generator)
  const integer = (minimum: number, maximum: number) => uniformInt(generator, minimum, maximum)
  return {
    uniform,
    integer,
    normal: randomNormal.source(uniform)(),
    shuffle<T>(items: readonly T[]): T[] {
      const result = [...items]
      for (let last = result.length - 1; last > 0; last--) {
        const other = integer(0, last)
        ;[result[last], result[other]] = [result[other] as T, result[last] as T]
      }
      return result
    },
  }
}
