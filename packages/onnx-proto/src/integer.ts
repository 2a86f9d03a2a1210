import type protobuf from 'protobufjs/minimal.js'

type Long = protobuf.Long

/** A 64-bit integer as the nearest number: sizes, axes and bounds are small, and "to the end" stays huge. */
export function numberOf(value: number | Long): number {
  return typeof value === 'number' ? value : value.high * 2 ** 32 + (value.low >>> 0)
}

/** A 64-bit integer, exactly. */
export function bigOf(value: number | Long): bigint {
  if (typeof value === 'number') return BigInt(value)
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0)
}

/** A number as the pair of words that the writer takes; numbers beyond 2⁶³ become its nearest neighbour. */
export function longOf(value: number | bigint): Long {
  const limit = 2n ** 63n
  let big = BigInt(value)
  if (typeof value === 'number') big = big >= limit ? limit - 1n : big < -limit ? -limit : big
  return {
    low: Number(BigInt.asIntN(32, big)),
    high: Number(BigInt.asIntN(32, big >> 32n)),
    unsigned: false,
  } as Long
}
