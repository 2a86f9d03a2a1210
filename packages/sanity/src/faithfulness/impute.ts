import type { Random } from '@saliency/core'

type Shape = readonly [c: number, h: number, w: number]

/** Direct neighbours count 1/6, diagonal ones 1/12 (Rong et al. 2022, section 4.2). */
const NEIGHBOURS: readonly (readonly [dy: number, dx: number, weight: number])[] = [
  [-1, 0, 1 / 6],
  [1, 0, 1 / 6],
  [0, -1, 1 / 6],
  [0, 1, 1 / 6],
  [-1, -1, 1 / 12],
  [-1, 1, 1 / 12],
  [1, -1, 1 / 12],
  [1, 1, 1 / 12],
]

/** Over-relaxation of the sweeps, and when they stop. */
const RELAXATION = 1.7
const TOLERANCE = 1e-4
const SWEEPS = 400

/** Mean of the neighbours inside the image; at the border their weights are scaled up to 1. */
function neighbourMean(plane: Float32Array, height: number, width: number, at: number): number {
  const [y, x] = [Math.floor(at / width), at % width]
  let sum = 0
  let total = 0
  for (const [dy, dx, weight] of NEIGHBOURS) {
    const [v, u] = [y + dy, x + dx]
    if (v < 0 || v >= height || u < 0 || u >= width) continue
    sum += weight * plane[v * width + u]!
    total += weight
  }
  return sum / total
}

function fill(plane: Float32Array, [, height, width]: Shape, removed: Uint32Array): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let largest = 0
    for (const at of removed) {
      const change = RELAXATION * (neighbourMean(plane, height, width, at) - plane[at]!)
      plane[at]! += change
      largest = Math.max(largest, Math.abs(change))
    }
    if (largest < TOLERANCE) return
  }
}

/**
 * Noisy linear imputation: each removed pixel becomes the weighted mean of its neighbours, all removed pixels at once (a
 * sparse linear system, solved by successive over-relaxation), plus normal noise.
 * @param image `[c, h, w]`
 * @param removed 1 at removed pixels, `[h w]`
 * @param deviation of the noise; .01 in Rong et al. 2022
 */
export function imputeLinearly(
  image: Float32Array,
  shape: Shape,
  removed: Uint8Array,
  deviation: number,
  random: Random,
): Float32Array {
  const pixels = shape[1] * shape[2]
  const result = Float32Array.from(image)
  const positions = Uint32Array.from(Array.from(removed.keys()).filter((at) => removed[at] === 1))
  for (let c = 0; c < shape[0]; c++) {
    const plane = result.subarray(c * pixels, (c + 1) * pixels)
    const kept = plane.filter((_, at) => removed[at] !== 1)
    const start = kept.length > 0 ? kept.reduce((sum, value) => sum + value, 0) / kept.length : 0
    for (const at of positions) plane[at] = start
    if (kept.length > 0) fill(plane, shape, positions)
    for (const at of positions) plane[at]! += deviation * random.normal()
  }
  return result
}
