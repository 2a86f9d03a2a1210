type Shape = readonly [c: number, h: number, w: number]

/** Superpixels of an image. */
export interface Superpixels {
  /** Segment of every pixel, `[h w]`. */
  readonly segments: Uint32Array
  readonly count: number
}

const ITERATIONS = 10
/** Weight of places against colours, with colours divided by their standard deviation. */
const COMPACTNESS = 0.5

/** Colours scaled to unit spread and places scaled by the grid's step, one row a pixel. */
function features(image: Float32Array, [channels, height, width]: Shape, step: number): Float64Array {
  const pixels = height * width
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length
  const spread = Math.sqrt(image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.length) || 1
  const size = channels + 2
  const rows = new Float64Array(pixels * size)
  for (let at = 0; at < pixels; at++) {
    for (let c = 0; c < channels; c++) rows[at * size + c] = image[c * pixels + at]! / spread
    rows[at * size + channels] = (COMPACTNESS * Math.floor(at / width)) / step
    rows[at * size + channels + 1] = (COMPACTNESS * (at % width)) / step
  }
  return rows
}

function nearest(
  rows: Float64Array,
  at: number,
  centres: Float64Array,
  candidates: readonly number[],
  size: number,
): number {
  let best = candidates[0]!
  let least = Infinity
  for (const candidate of candidates) {
    let distance = 0
    for (let k = 0; k < size; k++) distance += (rows[at * size + k]! - centres[candidate * size + k]!) ** 2
    if (distance < least) [least, best] = [distance, candidate]
  }
  return best
}

/** Grid cells around a pixel's own: a centre never wanders further than that. */
function candidatesAt(row: number, column: number, rows: number, columns: number): number[] {
  const found: number[] = []
  for (let v = Math.max(0, row - 1); v <= Math.min(rows - 1, row + 1); v++) {
    for (let u = Math.max(0, column - 1); u <= Math.min(columns - 1, column + 1); u++)
      found.push(v * columns + u)
  }
  return found
}

function centresOf(rows: Float64Array, segments: Uint32Array, count: number, size: number): Float64Array {
  const centres = new Float64Array(count * size)
  const members = new Float64Array(count)
  segments.forEach((segment, at) => {
    members[segment]! += 1
    for (let k = 0; k < size; k++) centres[segment * size + k]! += rows[at * size + k]!
  })
  return centres.map((sum, i) => sum / Math.max(1, members[Math.floor(i / size)]!))
}

/**
 * SLIC superpixels (Achanta et al. 2012) on the preprocessed image: k-means of colour and place, started from a regular grid.
 * Segments are not forced to be connected.
 * @param wanted number of segments, met to the nearest grid
 */
export function superpixels(image: Float32Array, shape: Shape, wanted: number): Superpixels {
  const [channels, height, width] = shape
  const step = Math.max(1, Math.sqrt((height * width) / wanted))
  const [rowCount, columnCount] = [
    Math.max(1, Math.round(height / step)),
    Math.max(1, Math.round(width / step)),
  ]
  const count = rowCount * columnCount
  const size = channels + 2
  const rows = features(image, shape, step)
  const home = (at: number) =>
    [
      Math.floor((Math.floor(at / width) * rowCount) / height),
      Math.floor(((at % width) * columnCount) / width),
    ] as const
  let segments = Uint32Array.from(
    { length: height * width },
    (_, at) => home(at)[0] * columnCount + home(at)[1],
  )
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const centres = centresOf(rows, segments, count, size)
    segments = segments.map((_, at) =>
      nearest(rows, at, centres, candidatesAt(...home(at), rowCount, columnCount), size),
    )
  }
  return { segments, count }
}
