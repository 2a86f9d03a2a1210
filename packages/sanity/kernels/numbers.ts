// What is said of floats in one walk, four or two at a time. All places are bytes.

/** Writes the least and the largest of some floats; both are NaN if one of these is; `[8]` of f32 of room. */
export function extent(values: usize, n: u32, target: usize): void {
  let low = f32x4.splat(f32.MAX_VALUE)
  let high = f32x4.splat(-f32.MAX_VALUE)
  let none = f32x4.splat(0)
  const end = values + ((<usize>n) << 2)
  let at = values
  // Pseudo-minima are one instruction each, but pass NaN over.
  for (; at + 16 <= end; at += 16) {
    const own = v128.load(at)
    low = f32x4.pmin(low, own)
    high = f32x4.pmax(high, own)
    none = v128.or(none, f32x4.ne(own, own))
  }
  v128.store(target, low)
  v128.store(target, high, 16)
  let least: f32 = v128.any_true(none) ? f32.NaN : f32.MAX_VALUE
  let largest: f32 = v128.any_true(none) ? f32.NaN : -f32.MAX_VALUE
  for (; at < end; at += 4) {
    least = min(least, load<f32>(at))
    largest = max(largest, load<f32>(at))
  }
  for (let lane: usize = 0; lane < 16; lane += 4) {
    least = min(least, load<f32>(target + lane))
    largest = max(largest, load<f32>(target + lane, 16))
  }
  store<f32>(target, least)
  store<f32>(target, largest, 4)
}

/** Σ aᵢbᵢ of floats, in numbers of twice the width and four chains, so that none waits for the other. */
export function dot(a: usize, b: usize, n: u32): f64 {
  let even = f64x2.splat(0)
  let odd = f64x2.splat(0)
  const end = (<usize>n) << 2
  let at: usize = 0
  for (; at + 16 <= end; at += 16) {
    even = f64x2.add(even, f64x2.mul(wide(a + at), wide(b + at)))
    odd = f64x2.add(odd, f64x2.mul(wide(a + at + 8), wide(b + at + 8)))
  }
  even = f64x2.add(even, odd)
  let sum = f64x2.extract_lane(even, 0) + f64x2.extract_lane(even, 1)
  for (; at < end; at += 4) sum += <f64>load<f32>(a + at) * <f64>load<f32>(b + at)
  return sum
}

/** Two floats as numbers of twice the width. */
export function wide(place: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(place))
}
