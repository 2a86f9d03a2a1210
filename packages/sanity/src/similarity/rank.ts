const BITS = 11
const BINS = 1 << BITS
const DIGITS = 3

/** Space for maps of one size, kept from one map to the next: a study ranks a million of them. */
interface Workspace {
  readonly floats: Float32Array
  /** The same memory as `floats`. */
  readonly keys: Uint32Array
  readonly orders: readonly [Uint32Array, Uint32Array]
  readonly counts: Uint32Array
}

function createWorkspace(length: number): Workspace {
  const floats = new Float32Array(length)
  return {
    floats,
    keys: new Uint32Array(floats.buffer),
    orders: [new Uint32Array(length), new Uint32Array(length)],
    counts: new Uint32Array(DIGITS * BINS),
  }
}

let workspace = createWorkspace(0)

/**
 * Float bits turned so that unsigned integer order is numeric order; -0 and +0 share a key, because they tie. Counts the
 * keys' digits on the way.
 */
function fillKeys(data: Float32Array, { floats, keys, counts }: Workspace): void {
  for (let i = 0; i < data.length; i++) floats[i] = data[i]! + 0
  counts.fill(0)
  for (let i = 0; i < data.length; i++) {
    const bits = keys[i]!
    const key = (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0
    keys[i] = key
    counts[key & (BINS - 1)]!++
    counts[BINS + ((key >>> BITS) & (BINS - 1))]!++
    counts[2 * BINS + (key >>> (2 * BITS))]!++
  }
}

/** Turns counts of one digit into the places where its values start; false if all keys share the digit. */
function toStarts(counts: Uint32Array, total: number): boolean {
  let start = 0
  for (let bin = 0; bin < BINS; bin++) {
    const count = counts[bin]!
    if (count === total) return false
    counts[bin] = start
    start += count
  }
  return true
}

/** Positions in ascending order of their keys: three stable passes of a radix sort, 11 bits each. */
function order(length: number, { keys, orders, counts }: Workspace): Uint32Array {
  let [from, to] = orders
  for (let i = 0; i < length; i++) from[i] = i
  for (let digit = 0; digit < DIGITS; digit++) {
    const starts = counts.subarray(digit * BINS, (digit + 1) * BINS)
    if (!toStarts(starts, length)) continue
    const shift = digit * BITS
    for (let i = 0; i < length; i++) {
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
  const { length } = data
  if (workspace.keys.length !== length) workspace = createWorkspace(length)
  fillKeys(data, workspace)
  const sorted = order(length, workspace)
  const { keys } = workspace
  const ranks = new Float64Array(length)
  for (let start = 0; start < length;) {
    const key = keys[sorted[start]!]
    let end = start + 1
    while (end < length && keys[sorted[end]!] === key) end++
    const shared = (start + 1 + end) / 2
    for (let i = start; i < end; i++) ranks[sorted[i]!] = shared
    start = end
  }
  return ranks
}
