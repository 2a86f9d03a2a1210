import type { PadAttributes, Pair, ResizeAttributes } from '../graph/operators.ts'
import { nearestSource, resizeSource } from '../graph/resize-source.ts'

/** A linear map along one axis, row-major: `rows` new positions, each a weighting of `columns` old ones. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: readonly number[]
}

/** Builds a map from the old positions and weights that each new position reads. */
function matrix(
  rows: number,
  columns: number,
  taps: (row: number) => readonly (readonly [column: number, weight: number])[],
): Matrix {
  const data = Array.from({ length: rows * columns }, () => 0)
  for (let row = 0; row < rows; row++) {
    for (const [column, weight] of taps(row))
      data[row * columns + column] = (data[row * columns + column] ?? 0) + weight
  }
  return { rows, columns, data }
}

/** ONNX Resize along one axis as a matrix; nearest rounds down for `asymmetric` and half down otherwise. */
export function resizeMatrix(
  from: number,
  to: number,
  mode: ResizeAttributes['mode'],
  coordinates: ResizeAttributes['coordinates'],
): Matrix {
  const inside = (position: number) => Math.min(Math.max(position, 0), from - 1)
  return matrix(to, from, (row) => {
    if (mode === 'nearest') return [[nearestSource(row, from, to, coordinates), 1]]
    const clamped = inside(resizeSource(row, from, to, coordinates))
    const low = Math.floor(clamped)
    return [
      [low, low + 1 - clamped],
      [inside(low + 1), clamped - low],
    ]
  })
}

/** Reflecting or repeating padding along one axis as a matrix. */
export function padMatrix(length: number, [before, after]: Pair, mode: PadAttributes['mode']): Matrix {
  return matrix(length + before + after, length, (row) => {
    const position = row - before
    if (mode === 'edge') return [[Math.min(Math.max(position, 0), length - 1), 1]]
    const period = 2 * (length - 1)
    const folded = ((position % period) + period) % period
    return [[folded < length ? folded : period - folded, 1]]
  })
}

/** Picking positions along one axis as a matrix. */
export function gatherMatrix(length: number, indices: readonly number[]): Matrix {
  return matrix(indices.length, length, (row) => {
    const index = indices[row] as number
    return [[index < 0 ? index + length : index, 1]]
  })
}
