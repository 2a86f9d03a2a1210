// The inner loops of similarities, compiled by AssemblyScript: two numbers at a time, in the order of additions that the
// loops in TypeScript have, so that results are the same to the bit. Whoever calls lays memory out; all places are bytes.

const BITS: u32 = 11
const BINS: u32 = 1 << BITS
const DIGITS: u32 = 3

function binOf(counts: usize, key: u32, shift: u32): usize {
  return counts + ((<usize>((key >> shift) & (BINS - 1))) << 2)
}

/** Turns counts of one digit into the bytes where its values start; false if all keys share the digit. */
function toStarts(counts: usize, total: u32): bool {
  let start: u32 = 0
  for (let bin: usize = 0; bin < BINS << 2; bin += 4) {
    const count = load<u32>(counts + bin)
    if (count == total) return false
    store<u32>(counts + bin, start << 2)
    start += count
  }
  return true
}

/** Bits of a float, turned so that unsigned order is numeric order; -0 and +0 share a key, because they tie. */
function keyOf(given: i32): u32 {
  const bits = given == i32.MIN_VALUE ? 0 : given
  return <u32>(bits ^ ((bits >> 31) | i32.MIN_VALUE))
}

/**
 * Ranks 1..n of floats in ascending order, ties by average: three stable passes of a radix sort that carries keys and
 * positions along.
 * @param space counts `[3, 2048]` of u32, then the floats `[n]`, then room for `[3, n]` of u32, then (at a multiple of 8) the ranks `[n]` of f64
 * @returns where the ranks are
 */
export function rank(space: usize, n: u32): usize {
  const size = (<usize>n) << 2
  let from = space + ((<usize>(DIGITS * BINS)) << 2)
  let fromAt = from + size
  let to = fromAt + size
  let toAt = to + size
  const ranks = (toAt + size + 7) & ~7
  memory.fill(space, 0, (<usize>(DIGITS * BINS)) << 2)
  for (let i: usize = 0; i < size; i += 4) {
    const key = keyOf(load<i32>(from + i))
    store<u32>(from + i, key)
    store<u32>(fromAt + i, <u32>(i << 1))
    for (let digit: u32 = 0; digit < DIGITS; digit++) {
      const bin = binOf(space + <usize>((digit * BINS) << 2), key, digit * BITS)
      store<u32>(bin, load<u32>(bin) + 1)
    }
  }
  for (let digit: u32 = 0; digit < DIGITS; digit++) {
    const counts = space + <usize>((digit * BINS) << 2)
    if (!toStarts(counts, n)) continue
    for (let i: usize = 0; i < size; i += 4) {
      const key = load<u32>(from + i)
      const bin = binOf(counts, key, digit * BITS)
      const place = load<u32>(bin)
      store<u32>(bin, place + 4)
      store<u32>(to + place, key)
      store<u32>(toAt + place, load<u32>(fromAt + i))
    }
    let swap = from
    from = to
    to = swap
    swap = fromAt
    fromAt = toAt
    toAt = swap
  }
  for (let start: usize = 0; start < size;) {
    const key = load<u32>(from + start)
    let end = start + 4
    while (end < size && load<u32>(from + end) == key) end += 4
    const shared = <f64>((start >> 2) + 1 + (end >> 2)) / 2
    for (; start < end; start += 4) store<f64>(ranks + load<u32>(fromAt + start), shared)
  }
  return ranks
}

/** One direction of a filter over values `step` bytes apart. */
function passOfAny(source: usize, step: usize, weights: usize, taps: i32, target: usize, count: i32): void {
  for (let i: usize = 0; i < (<usize>count) << 3; i += 8) {
    let sum: f64 = 0
    for (let k: usize = 0; k < <usize>taps; k++)
      sum += load<f64>(weights + (k << 3)) * load<f64>(source + i + k * step)
    store<f64>(target + i, sum)
  }
}

/** The same for eleven weights and at least two results, which are all that large maps need. */
function passOfEleven(source: usize, step: usize, weights: usize, target: usize, count: i32): void {
  const w0 = v128.load64_splat(weights)
  const w1 = v128.load64_splat(weights, 8)
  const w2 = v128.load64_splat(weights, 16)
  const w3 = v128.load64_splat(weights, 24)
  const w4 = v128.load64_splat(weights, 32)
  const w5 = v128.load64_splat(weights, 40)
  const w6 = v128.load64_splat(weights, 48)
  const w7 = v128.load64_splat(weights, 56)
  const w8 = v128.load64_splat(weights, 64)
  const w9 = v128.load64_splat(weights, 72)
  const w10 = v128.load64_splat(weights, 80)
  for (let i = 0; i < count; i += 2) {
    // The last pair lies over the one before where their number is odd.
    const at = (<usize>min(i, count - 2)) << 3
    let from = source + at
    let sum = f64x2.mul(w0, v128.load(from))
    sum = f64x2.add(sum, f64x2.mul(w1, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w2, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w3, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w4, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w5, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w6, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w7, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w8, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w9, v128.load((from += step))))
    sum = f64x2.add(sum, f64x2.mul(w10, v128.load((from += step))))
    v128.store(target + at, sum)
  }
}

/**
 * A separable filter, only where the window lies inside.
 * @param source `[height, width]` of f64
 * @param between room for `[height, width - taps + 1]`
 * @param target `[height - taps + 1, width - taps + 1]`
 */
export function filter(
  source: usize,
  height: i32,
  width: i32,
  weights: usize,
  taps: i32,
  between: usize,
  target: usize,
): void {
  const inner = width - taps + 1
  const count = (height - taps + 1) * inner
  const row = (<usize>inner) << 3
  if (taps != 11 || inner < 2) {
    for (let y = 0; y < height; y++)
      passOfAny(source + ((<usize>(y * width)) << 3), 8, weights, taps, between + <usize>y * row, inner)
    return passOfAny(between, row, weights, taps, target, count)
  }
  for (let y = 0; y < height; y++)
    passOfEleven(source + ((<usize>(y * width)) << 3), 8, weights, between + <usize>y * row, inner)
  passOfEleven(between, row, weights, target, count)
}

/** Two floats as numbers of twice the width. */
function wide(place: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(place))
}

/** Products of floats, as numbers of twice the width: as many as there are pairs, rounded up. */
export function multiply(a: usize, b: usize, target: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count; i += 2)
    v128.store(target + (i << 3), f64x2.mul(wide(a + (i << 2)), wide(b + (i << 2))))
}

/** Floats as numbers of twice the width. */
export function widen(source: usize, target: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count; i += 2) v128.store(target + (i << 3), wide(source + (i << 2)))
}

/**
 * The sum of the structural similarities at all places, from filtered means and variances and the filtered product; all
 * of f64.
 */
export function similarity(
  meanA: usize,
  meanB: usize,
  varianceA: usize,
  varianceB: usize,
  cross: usize,
  count: i32,
  c1: f64,
  c2: f64,
): f64 {
  const two = f64x2.splat(2)
  const s1 = f64x2.splat(c1)
  const s2 = f64x2.splat(c2)
  let sum: f64 = 0
  for (let i = 0; i < count; i += 2) {
    const at = (<usize>i) << 3
    const a = v128.load(meanA + at)
    const b = v128.load(meanB + at)
    const luminance = f64x2.div(
      f64x2.add(f64x2.mul(f64x2.mul(two, a), b), s1),
      f64x2.add(f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)), s1),
    )
    const covariance = f64x2.sub(v128.load(cross + at), f64x2.mul(a, b))
    const value = f64x2.div(
      f64x2.mul(luminance, f64x2.add(f64x2.mul(two, covariance), s2)),
      f64x2.add(f64x2.add(v128.load(varianceA + at), v128.load(varianceB + at)), s2),
    )
    sum += f64x2.extract_lane(value, 0)
    if (i + 1 < count) sum += f64x2.extract_lane(value, 1)
  }
  return sum
}
