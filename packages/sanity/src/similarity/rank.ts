const BITS = 11
const BINS = 1 << BITS

/** Float bits turned so that unsigned integer order is numeric order; -0 and +0 share a key, because they tie. */
function sortableKeys(data: Float32Array): Uint32Array {
  const positiveZero = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) positiveZero[i] = data[i]! + 0
  const keys = new Uint32Array(positiveZero.buffer)
  for (let i = 0; i < keys.length; i++) {
    const bits = keys[i]!
    keys[i] = bits & 0x80000000 ? ~bits : bits | 0x80000000
  }
  return keys
}

/** Positions in ascending order of their keys: three stable passes of a radix sort, 11 bits each. */
function order(keys: Uint32Array): Uint32Array {
  let from = new Uint32Array(keys.length)
  let to = new Uint32Array(keys.length)
  for (let i = 0; i < from.length; i++) from[i] = i
  for (let shift = 0; shift < 32; shift += BITS) {
    const starts = new Uint32Array(BINS + 1)
    for (let i = 0; i < keys.length; i++) starts[((keys[i]! >>> shift) & (BINS - 1)) + 1]!++
    for (let bin = 1; bin <= BINS; bin++) starts[bin]! += starts[bin - 1]!
    for (let i = 0; i < from.length; i++) {
      const index = from[i]!
      to[starts[(keys[index]! >>> shift) & (BINS - 1)]!++] = index
    }
    ;[from, to] = [to, from]
  }
  return from
}

/**
 * Ranks 1..n of finite values in ascending order; ties share the average of their ranks, as Spearman's ρ wants.
 * @param data values, all finite
 * @returns one rank per value
 */
export function rank(data: Float32Array): Float64Array {
  const keys = sortableKeys(data)
  const sorted = order(keys)
  const ranks = new Float64Array(data.length)
  for (let start = 0; start < sorted.length;) {
    let end = start + 1
    while (end < sorted.length && keys[sorted[end]!] === keys[sorted[start]!]) end++
    for (let i = start; i < end; i++) ranks[sorted[i]!] = (start + 1 + end) / 2
    start = end
  }
  return ranks
}
