// Ranks of floats, ascending, ties by average. All places are bytes.

const BITS: u32 = 11
const BINS: u32 = 1 << BITS

/** Bytes of the counts of one digit. */
export const DIGIT: usize = (<usize>BINS) << 2

/** Steps that the last sorting may take for each value before all digits are sorted instead. */
const PATIENCE: usize = 4

/** Bits of a float, turned so that unsigned order is numeric order; -0 and +0 share a key, because they tie. */
function keyOf(given: i32): u32 {
  const bits = given == i32.MIN_VALUE ? 0 : given
  return <u32>(bits ^ ((bits >> 31) | i32.MIN_VALUE))
}

/** Turns counts of one digit into the bytes where its values start; false if all keys share the digit. */
function toStarts(counts: usize, total: u32): bool {
  let start: u32 = 0
  for (let bin: usize = 0; bin < DIGIT; bin += 4) {
    const count = load<u32>(counts + bin)
    if (count == total) return false
    store<u32>(counts + bin, start << 3)
    start += count
  }
  return true
}

/** One stable pass of a radix sort by the digit that begins at bit `low`: from one of two rooms into the other, which it says. */
function pass(counts: usize, from: usize, to: usize, n: u32, base: u64, low: i32): usize {
  const size = (<usize>n) << 3
  memory.fill(counts, 0, DIGIT)
  for (let at: usize = 0; at < size; at += 8) {
    const bin = counts + ((<usize>((load<u64>(from + at) - base) >> <u64>low) & (BINS - 1)) << 2)
    store<u32>(bin, load<u32>(bin) + 1)
  }
  if (!toStarts(counts, n)) return from
  for (let at: usize = 0; at < size; at += 8) {
    const pair = load<u64>(from + at)
    const bin = counts + ((<usize>((pair - base) >> <u64>low) & (BINS - 1)) << 2)
    const place = load<u32>(bin)
    store<u32>(bin, place + 8)
    store<u64>(to + place, pair)
  }
  return to
}

/** Sorts what is nearly sorted by insertion; false if it is not so near. */
function finish(pairs: usize, n: u32): bool {
  const size = (<usize>n) << 3
  let steps = PATIENCE * size
  let previous: u64 = 0
  for (let at: usize = 0; at < size; at += 8) {
    const pair = load<u64>(pairs + at)
    if (pair >= previous) {
      previous = pair
      continue
    }
    let place = at
    do {
      store<u64>(pairs + place, load<u64>(pairs + place - 8))
      place -= 8
      if ((steps -= 8) == 0) {
        store<u64>(pairs + place, pair)
        return false
      }
    } while (place > 0 && load<u64>(pairs + place - 8) > pair)
    store<u64>(pairs + place, pair)
  }
  return true
}

/**
 * Sorts pairs of a key (above) and a position (below), wherever they lie in two rooms. The keys' highest 22 bits that differ
 * put nearly all in order; only where many share these are the bits below looked at.
 */
export function sort(counts: usize, pairs: usize, room: usize, n: u32, lowest: u32, highest: u32): usize {
  const base = (<u64>lowest) << 32
  const used: i32 = 32 - clz<u32>(highest - lowest)
  const high = 32 + used
  let from = pairs
  for (let bit = max(high - 2 * BITS, 32); bit < high; bit += BITS)
    from = pass(counts, from, pairs + room - from, n, base, bit)
  if (finish(from, n)) return from
  for (let bit = 32; bit < high; bit += BITS) from = pass(counts, from, pairs + room - from, n, base, bit)
  return from
}

/** Writes each pair's rank, less the mean of all ranks, to its position: f32, which holds halves up to 2²³. */
function place(pairs: usize, n: u32, ranks: usize): void {
  const size = (<usize>n) << 3
  for (let start: usize = 0; start < size;) {
    const key = load<u32>(pairs + start, 4)
    let end = start + 8
    while (end < size && load<u32>(pairs + end, 4) == key) end += 8
    const shared = <f32>(<f64>(<i32>((start + end) >> 3) - <i32>n) / 2)
    for (; start < end; start += 8) store<f32>(ranks + ((<usize>load<u32>(pairs + start)) << 2), shared)
  }
}

/** Merges the order of values into that of their magnitudes: what is below zero backwards, what is above forwards. */
function merge(pairs: usize, n: u32, target: usize): void {
  const end = pairs + ((<usize>n) << 3)
  let above = pairs
  for (let step: usize = ((<usize>1) << (31 - clz(n))) << 3; step >= 8; step >>= 1)
    if (above + step <= end && load<i32>(above + step - 8, 4) >= 0) above += step
  let below = above
  while (below > pairs || above < end) {
    const negative = below > pairs ? load<u64>(below - 8) ^ 0x7fffffff00000000 : u64.MAX_VALUE
    const positive = above < end ? (load<u64>(above) << 1) >> 1 : u64.MAX_VALUE
    if (negative < positive) {
      store<u64>(target, negative)
      below -= 8
    } else {
      store<u64>(target, positive)
      above += 8
    }
    target += 8
  }
}

/**
 * Ranks of floats and, where they are asked for, of their magnitudes, each less the mean of all ranks; magnitudes need no
 * second sort.
 * @param space counts `[2048]` of u32, then room for `[2, n]` of u64, then the floats `[n]` with room for as many again
 * @returns where the ranks are: `[2, n]` of f32, in place of the floats
 */
export function rank(space: usize, n: u32, both: bool): usize {
  const size = (<usize>n) << 3
  const pairs = space + DIGIT
  const room = pairs + size
  const floats = room + size
  let lowest: u32 = u32.MAX_VALUE
  let highest: u32 = 0
  for (let i: usize = 0; i < n; i++) {
    const key = keyOf(load<i32>(floats + (i << 2)))
    lowest = min(lowest, key)
    highest = max(highest, key)
    store<u64>(pairs + (i << 3), ((<u64>key) << 32) | i)
  }
  const sorted = sort(space, pairs, room, n, lowest, highest)
  place(sorted, n, floats)
  if (!both) return floats
  const other = pairs + room - sorted
  merge(sorted, n, other)
  place(other, n, floats + (size >> 1))
  return floats
}
