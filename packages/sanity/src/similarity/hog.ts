import { centre, correlation, type Prepared } from './correlation.ts'
import { isUndefined, type Plane } from './plane.ts'
import type { Similarity } from './similarity.ts'

/** Cells and bins of a histogram of oriented gradients. */
export interface HogOptions {
  /** Side of a square cell in pixels. */
  readonly cell: number
  /** Bins over 180 degrees; 9 as in Dalal and Triggs 2005. */
  readonly orientations?: number
  /** Side of a square block in cells; 3 as in Dalal and Triggs 2005. */
  readonly block?: number
}

/** One histogram per cell: gradient magnitude summed by unsigned orientation, divided by the cell's area. */
function cellHistograms(map: Plane, cell: number, orientations: number): Float64Array {
  const { data, height, width } = map
  const rows = Math.floor(height / cell)
  const columns = Math.floor(width / cell)
  const histograms = new Float64Array(rows * columns * orientations)
  for (let y = 0; y < rows * cell; y++) {
    for (let x = 0; x < columns * cell; x++) {
      const at = y * width + x
      const dy = y > 0 && y < height - 1 ? data[at + width]! - data[at - width]! : 0
      const dx = x > 0 && x < width - 1 ? data[at + 1]! - data[at - 1]! : 0
      const degrees = ((((Math.atan2(dy, dx) * 180) / Math.PI) % 180) + 180) % 180
      const bin = Math.min(Math.floor((degrees * orientations) / 180), orientations - 1)
      const home = Math.floor(y / cell) * columns + Math.floor(x / cell)
      histograms[home * orientations + bin]! += Math.sqrt(dy * dy + dx * dx) / (cell * cell)
    }
  }
  return histograms
}

/** Divides by the Euclidean norm, clips at .2, divides again ("L2-Hys"). */
function normaliseBlock(block: Float64Array): void {
  for (const limit of [0.2, Infinity]) {
    const norm = Math.sqrt(block.reduce((sum, value) => sum + value * value, 0) + 1e-10)
    for (let i = 0; i < block.length; i++) block[i] = Math.min(block[i]! / norm, limit)
  }
}

/**
 * Histogram of oriented gradients (Dalal and Triggs 2005) with scikit-image's conventions: unsigned orientations, no
 * gradient at the border, cells without interpolation, overlapping blocks, L2-Hys.
 * @returns blocks one after another, or undefined if the map holds less than one block
 */
export function histogramOfGradients(map: Plane, options: HogOptions): Float64Array | undefined {
  const { cell, orientations = 9, block = 3 } = options
  const histograms = cellHistograms(map, cell, orientations)
  const columns = Math.floor(map.width / cell)
  const blockRows = Math.floor(map.height / cell) - block + 1
  const blockColumns = columns - block + 1
  if (blockRows < 1 || blockColumns < 1) return undefined
  const size = block * block * orientations
  const result = new Float64Array(blockRows * blockColumns * size)
  for (let row = 0; row < blockRows; row++) {
    for (let column = 0; column < blockColumns; column++) {
      const start = (row * blockColumns + column) * size
      for (let r = 0; r < block; r++) {
        const from = ((row + r) * columns + column) * orientations
        result.set(histograms.subarray(from, from + block * orientations), start + r * block * orientations)
      }
      normaliseBlock(result.subarray(start, start + size))
    }
  }
  return result
}

/** Cells of 16 pixels, as in Adebayo et al. 2018; smaller where a map would otherwise hold no block of 3×3 cells. */
function cellSize(map: Plane): number {
  return Math.min(16, Math.floor(Math.min(map.height, map.width) / 3))
}

/** Pearson correlation of histograms of oriented gradients; blocks are normalised, so the scale of a map does not matter. */
export const hog: Similarity<Prepared> = {
  id: 'hog',
  convention:
    'Pearson correlation of HOG features: 9 orientations, cells of 16 pixels (a third of smaller maps), blocks of 3x3, L2-Hys',
  prepare(map) {
    const cell = cellSize(map)
    if (cell < 2 || isUndefined(map.data)) return undefined
    const features = histogramOfGradients(map, { cell })
    return features && centre(features)
  },
  compare: correlation,
}
