import type { Random } from '@saliency/core'
import { solve, type SparseSystem } from './conjugate-gradients.ts'

type Shape = readonly [c: number, h: number, w: number]

/** Direct neighbours count 1/6, diagonal ones 1/12 (Rong et al. 2022, section 4.2); in the order of pixels. */
const NEIGHBOURS: readonly (readonly [dy: number, dx: number, weight: number])[] = [
  [-1, -1, 1 / 12],
  [-1, 0, 1 / 6],
  [-1, 1, 1 / 12],
  [0, -1, 1 / 6],
  [0, 1, 1 / 6],
  [1, -1, 1 / 12],
  [1, 0, 1 / 6],
  [1, 1, 1 / 12],
]

/** Each removed pixel times the weights of its neighbours inside the image, less those neighbours that are removed too. */
interface Imputation extends SparseSystem {
  /** Calls `visit` for every neighbour of the removed pixel `row` that is left. */
  readonly left: (row: number, visit: (at: number, weight: number) => void) => void
}

function systemOf([, height, width]: Shape, removed: Uint8Array, positions: Uint32Array): Imputation {
  const rows = new Int32Array(removed.length).fill(-1)
  positions.forEach((at, row) => (rows[at] = row))
  const around = (row: number, visit: (at: number, weight: number) => void) => {
    const at = positions[row]!
    const [y, x] = [Math.floor(at / width), at % width]
    for (const [dy, dx, weight] of NEIGHBOURS) {
      const [v, u] = [y + dy, x + dx]
      if (v >= 0 && v < height && u >= 0 && u < width) visit(v * width + u, weight)
    }
  }
  const diagonal = new Float64Array(positions.length)
  const starts = new Uint32Array(positions.length + 1)
  const columns = new Uint32Array(positions.length * NEIGHBOURS.length)
  const weights = new Float64Array(columns.length)
  let end = 0
  for (let row = 0; row < positions.length; row++) {
    around(row, (at, weight) => {
      diagonal[row]! += weight
      if (removed[at] !== 1) return
      columns[end] = rows[at]!
      weights[end++] = weight
    })
    starts[row + 1] = end
  }
  const left: Imputation['left'] = (row, visit) =>
    around(row, (at, weight) => removed[at] === 1 || visit(at, weight))
  return { diagonal, starts, columns, weights, left }
}

/**
 * Noisy linear imputation: each removed pixel becomes the weighted mean of its neighbours inside the image, all removed
 * pixels at once (a sparse linear system, solved to a residual of 1e-9), plus normal noise. Where nothing is left to
 * interpolate from, zero and noise.
 * @param image `[c, h, w]`
 * @param removed 1 at removed pixels, `[h w]`
 * @param deviation of the noise; .01 in Rong et al. 2022
 * @returns `[c, h, w]`; undefined where the system has no solution, as with pixels that are not finite
 */
export function imputeLinearly(
  image: Float32Array,
  shape: Shape,
  removed: Uint8Array,
  deviation: number,
  random: Random,
): Float32Array | undefined {
  const pixels = shape[1] * shape[2]
  const result = Float32Array.from(image)
  const positions = Uint32Array.from(Array.from(removed.keys()).filter((at) => removed[at] === 1))
  const system = systemOf(shape, removed, positions)
  for (let c = 0; c < shape[0]; c++) {
    const plane = result.subarray(c * pixels, (c + 1) * pixels)
    const right = new Float64Array(positions.length)
    for (let row = 0; row < right.length; row++)
      system.left(row, (at, weight) => (right[row]! += weight * plane[at]!))
    const values = positions.length < pixels ? solve(system, right) : right
    if (values === undefined) return undefined
    positions.forEach((at, row) => (plane[at] = values[row]! + deviation * random.normal()))
  }
  return result
}
