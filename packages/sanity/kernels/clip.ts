// Maps divided by a quantile of their magnitudes and clipped. All places are bytes.
import { wide } from './numbers'
import { DIGIT, sort } from './ranks'

/** Magnitudes are told apart by their highest eleven bits first: eight parts of each power of two. */
const SHIFT: u32 = 20

function binOf(value: usize): u32 {
  return (load<u32>(value) & 0x7fffffff) >> SHIFT
}

function countAt(counts: usize, bin: u32): u32 {
  return load<u32>(counts + ((<usize>bin) << 2))
}

/**
 * Writes the `index`-th smallest magnitude (from 0) and the one after it (itself where it is the last), sorting few of
 * them: bits of magnitudes are in the order of magnitudes, so counts of the highest bits say which to sort.
 * @param values `[n]` of f32
 * @param space counts `[2048]` of u32, then room for `[2, n]` of u64
 * @param target `[2]` of f32
 */
export function neighbours(values: usize, n: u32, index: u32, space: usize, target: usize): void {
  const size = (<usize>n) << 2
  const last = min(index + 1, n - 1)
  memory.fill(space, 0, DIGIT)
  for (let at: usize = 0; at < size; at += 4) {
    const count = space + ((<usize>binOf(values + at)) << 2)
    store<u32>(count, load<u32>(count) + 1)
  }
  let bin: u32 = 0
  let below: u32 = 0
  while (below + countAt(space, bin) <= index) below += countAt(space, bin++)
  let end = bin
  let total = below + countAt(space, bin)
  while (total <= last) total += countAt(space, ++end)
  const pairs = space + DIGIT
  let found = pairs
  for (let at: usize = 0; at < size; at += 4) {
    const own = binOf(values + at)
    if (own < bin || own > end) continue
    store<u64>(found, (<u64>(load<u32>(values + at) & 0x7fffffff)) << 32)
    found += 8
  }
  const sorted = sort(space, pairs, found, total - below, bin << SHIFT, ((end + 1) << SHIFT) - 1)
  store<u32>(target, load<u32>(sorted + ((<usize>(index - below)) << 3), 4))
  store<u32>(target, load<u32>(sorted + ((<usize>(last - below)) << 3), 4), 4)
}

/** Divides floats by a number > 0, in twice the width, and clips them to [-1, 1]. */
export function clip(values: usize, n: u32, scale: f64, target: usize): void {
  const by = f64x2.splat(scale)
  const one = f64x2.splat(1)
  const less = f64x2.splat(-1)
  for (let at: usize = 0; at < (<usize>n) << 2; at += 8) {
    const value = f64x2.pmax(less, f64x2.pmin(one, f64x2.div(wide(values + at), by)))
    v128.store64_lane(target + at, f32x4.demote_f64x2_zero(value), 0)
  }
}
