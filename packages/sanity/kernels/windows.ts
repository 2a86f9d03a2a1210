// Filters and structural similarity of maps, two numbers at a time. All places are bytes; rows are written in pairs, so each
// place has room for one number more.

import { wide } from './numbers'

/** Results of a symmetric window: Σₖ wₖ·x(i + k·step), those that share a weight added first. */
function slide(source: usize, step: usize, weights: usize, taps: i32, target: usize, count: i32): void {
  if (taps == 11) return slideEleven(source, step, weights, target, count)
  const last = <usize>(taps - 1) * step
  const middle = last >> 1
  for (let i: usize = 0; i < <usize>count; i += 2) {
    const at = source + (i << 3)
    let sum = f64x2.splat(0)
    let weight = weights
    for (let k: usize = 0; k < middle; k += step, weight += 8)
      sum = f64x2.add(
        sum,
        f64x2.mul(v128.load64_splat(weight), f64x2.add(v128.load(at + k), v128.load(at + last - k))),
      )
    sum = f64x2.add(sum, f64x2.mul(v128.load64_splat(weight), v128.load(at + middle)))
    v128.store(target + (i << 3), sum)
  }
}

/** The same, written out for eleven weights, which are those of every map that is not smaller. */
function slideEleven(source: usize, step: usize, weights: usize, target: usize, count: i32): void {
  const w0 = v128.load64_splat(weights)
  const w1 = v128.load64_splat(weights, 8)
  const w2 = v128.load64_splat(weights, 16)
  const w3 = v128.load64_splat(weights, 24)
  const w4 = v128.load64_splat(weights, 32)
  const w5 = v128.load64_splat(weights, 40)
  for (let i: usize = 0; i < <usize>count; i += 2) {
    let at = source + (i << 3)
    const x0 = v128.load(at)
    const x1 = v128.load((at += step))
    const x2 = v128.load((at += step))
    const x3 = v128.load((at += step))
    const x4 = v128.load((at += step))
    const x5 = v128.load((at += step))
    const s4 = f64x2.add(x4, v128.load((at += step)))
    const s3 = f64x2.add(x3, v128.load((at += step)))
    const s2 = f64x2.add(x2, v128.load((at += step)))
    const s1 = f64x2.add(x1, v128.load((at += step)))
    const s0 = f64x2.add(x0, v128.load((at += step)))
    const outer = f64x2.add(f64x2.add(f64x2.mul(w0, s0), f64x2.mul(w1, s1)), f64x2.mul(w2, s2))
    const inner = f64x2.add(f64x2.add(f64x2.mul(w3, s3), f64x2.mul(w4, s4)), f64x2.mul(w5, x5))
    v128.store(target + (i << 3), f64x2.add(outer, inner))
  }
}

/** Products of floats, or one factor alone where there is no other. */
function multiply(a: usize, b: usize, target: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count; i += 2)
    v128.store(
      target + (i << 3),
      b == 0 ? wide(a + (i << 2)) : f64x2.mul(wide(a + (i << 2)), wide(b + (i << 2))),
    )
}

/**
 * One row of a separable filter over the products of two maps. Rows are multiplied when the window reaches them, while
 * they are near.
 * @param plane room for the products, `[height, width]` of f64; rows above are those of the calls before
 * @param line room for `[width]` of f64
 * @param target `[width - taps + 1]` of f64
 */
function filterRow(
  y: i32,
  a: usize,
  b: usize,
  width: i32,
  weights: usize,
  taps: i32,
  plane: usize,
  line: usize,
  target: usize,
): void {
  for (let next = y == 0 ? 0 : y + taps - 1; next < y + taps; next++) {
    const start = <usize>(next * width)
    multiply(a + (start << 2), b == 0 ? 0 : b + (start << 2), plane + (start << 3), width)
  }
  slide(plane + ((<usize>(y * width)) << 3), (<usize>width) << 3, weights, taps, line, width)
  slide(line, 8, weights, taps, target, width - taps + 1)
}

/**
 * Mean and variance of a map inside of each window that lies inside of the map.
 * @param a the map, `[height, width]` of f32
 * @param plane room for `[height, width]` of f64
 * @param line room for `[width]` of f64
 * @param mean and `variance`: `[height - taps + 1, width - taps + 1]` of f64
 */
export function moments(
  a: usize,
  height: i32,
  width: i32,
  weights: usize,
  taps: i32,
  plane: usize,
  line: usize,
  mean: usize,
  variance: usize,
): void {
  const inner = width - taps + 1
  const rows = height - taps + 1
  for (let y = 0; y < rows; y++)
    filterRow(y, a, 0, width, weights, taps, plane, line, mean + ((<usize>(y * inner)) << 3))
  for (let y = 0; y < rows; y++) {
    const start = (<usize>(y * inner)) << 3
    filterRow(y, a, a, width, weights, taps, plane, line, variance + start)
    for (let x: usize = 0; x < <usize>inner; x += 2) {
      const own = v128.load(mean + start + (x << 3))
      const at = variance + start + (x << 3)
      v128.store(at, f64x2.sub(v128.load(at), f64x2.mul(own, own)))
    }
  }
}

/**
 * The sum of the structural similarities of two maps at all places, from their filtered means and variances.
 * @param plane and `line`: room as for {@link moments}
 * @param cross room for `[width - taps + 1]` of f64
 */
export function similarity(
  a: usize,
  b: usize,
  height: i32,
  width: i32,
  weights: usize,
  taps: i32,
  plane: usize,
  line: usize,
  cross: usize,
  meanA: usize,
  meanB: usize,
  varianceA: usize,
  varianceB: usize,
  c1: f64,
  c2: f64,
): f64 {
  const s1 = f64x2.splat(c1)
  const s2 = f64x2.splat(c2)
  const inner = width - taps + 1
  let sum = f64x2.splat(0)
  for (let y = 0; y <= height - taps; y++) {
    filterRow(y, a, b, width, weights, taps, plane, line, cross)
    for (let x = 0; x < inner; x += 2) {
      const at = (<usize>(y * inner + x)) << 3
      const ofA = v128.load(meanA + at)
      const ofB = v128.load(meanB + at)
      const both = f64x2.mul(ofA, ofB)
      const covariance = f64x2.sub(v128.load(cross + ((<usize>x) << 3)), both)
      const squares = f64x2.add(f64x2.mul(ofA, ofA), f64x2.mul(ofB, ofB))
      const variances = f64x2.add(v128.load(varianceA + at), v128.load(varianceB + at))
      const value = f64x2.div(
        f64x2.mul(f64x2.add(f64x2.add(both, both), s1), f64x2.add(f64x2.add(covariance, covariance), s2)),
        f64x2.mul(f64x2.add(squares, s1), f64x2.add(variances, s2)),
      )
      sum = f64x2.add(sum, x + 1 < inner ? value : f64x2.replace_lane(value, 1, 0))
    }
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}
