import type { Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'
import { axisWeights, type AxisWeights, type AxisWindow } from './resample.ts'

type Pixels = Raster['data']

/** The section of a scaled image that is wanted, axis by axis. */
export interface Section {
  readonly rows: AxisWindow
  readonly columns: AxisWindow
}

/** How weighted sums become pixels. */
interface Arithmetic {
  /** What a weight is multiplied by, rounded. */
  readonly unit: number
  /** What a sum starts with. */
  readonly start: number
  finish(sum: number): number
  create(length: number): Pixels
}

/** Weights of bytes are whole numbers of 2⁻²², and half a unit rounds the sum: Pillow's arithmetic, to the bit. */
const BYTES: Arithmetic = {
  unit: 2 ** 22,
  start: 2 ** 21,
  finish: (sum) => Math.min(255, Math.max(0, sum >> 22)),
  create: (length) => new Uint8Array(length),
}
const WORDS: Arithmetic = {
  unit: 0,
  start: 0.5,
  finish: (sum) => Math.min(65_535, Math.max(0, Math.floor(sum))),
  create: (length) => new Uint16Array(length),
}
const FRACTIONS: Arithmetic = {
  unit: 0,
  start: 0,
  finish: (sum) => sum,
  create: (length) => new Float32Array(length),
}

function arithmeticOf(
  data: Pixels,
  { interpolation, antialias }: Pick<Preprocess, 'interpolation' | 'antialias'>,
) {
  if (interpolation !== 'nearest' && antialias === false) return FRACTIONS
  if (data instanceof Uint8Array) return BYTES
  return data instanceof Uint16Array ? WORDS : FRACTIONS
}

/**
 * Scales an image and cuts a section out of it; only that section is computed. Each axis is a pass of its own, in the order
 * of Pillow 13: columns first where the height shrinks by more than twice what the width does. Without antialiasing the
 * result keeps its fractions.
 */
export function resizeRaster(
  raster: Raster,
  { rows, columns }: Section,
  how: Pick<Preprocess, 'interpolation' | 'antialias'>,
): Raster {
  const { interpolation = 'bilinear', antialias = true } = how
  const arithmetic = arithmeticOf(raster.data, how)
  const [across, down] = [columns, rows].map((axis) =>
    inUnits(axisWeights(axis, interpolation, antialias), arithmetic),
  ) as [AxisWeights, AxisWeights]
  const shrinks = rows.from - rows.to
  const isDownFirst = shrinks > 0 && shrinks > 2 * (columns.from - columns.to)
  const data = isDownFirst
    ? alongRows(
        alongColumns(raster.data, raster.width * 3, down, arithmetic),
        { height: rows.length, width: raster.width },
        across,
        arithmetic,
      )
    : rowsThenColumns(raster, across, down, arithmetic)
  return { height: rows.length, width: columns.length, maximum: raster.maximum, data }
}

function rowsThenColumns(
  { data, width }: Raster,
  across: AxisWeights,
  down: AxisWeights,
  arithmetic: Arithmetic,
): Pixels {
  // Rows that no wanted pixel is made of are left out.
  const top = down.first[0] as number
  const height = (down.first.at(-1) as number) + (down.counts.at(-1) as number) - top
  const wanted = data.subarray(top * width * 3, (top + height) * width * 3)
  const narrow = alongRows(wanted, { height, width }, across, arithmetic)
  const place = { ...down, first: down.first.map((row) => row - top) }
  return alongColumns(narrow, across.first.length * 3, place, arithmetic)
}

function inUnits(weights: AxisWeights, { unit }: Arithmetic): AxisWeights {
  if (unit === 0) return weights
  const whole = (weight: number) => Math.trunc(weight * unit + (weight < 0 ? -0.5 : 0.5))
  return { ...weights, weights: weights.weights.map(whole) }
}

function alongRows(
  source: Pixels,
  { height, width }: Pick<Raster, 'height' | 'width'>,
  { first, counts, weights, size }: AxisWeights,
  { start, finish, create }: Arithmetic,
): Pixels {
  const { length } = first
  const data = create(height * length * 3)
  for (let row = 0, out = 0; row < height; row++) {
    for (let pixel = 0; pixel < length; pixel++) {
      let [red, green, blue] = [start, start, start]
      let at = (row * width + (first[pixel] as number)) * 3
      const end = pixel * size + (counts[pixel] as number)
      for (let tap = pixel * size; tap < end; tap++) {
        const weight = weights[tap] as number
        red += weight * (source[at++] as number)
        green += weight * (source[at++] as number)
        blue += weight * (source[at++] as number)
      }
      data[out++] = finish(red)
      data[out++] = finish(green)
      data[out++] = finish(blue)
    }
  }
  return data
}

function alongColumns(
  source: Pixels,
  stride: number,
  { first, counts, weights, size }: AxisWeights,
  { start, finish, create }: Arithmetic,
): Pixels {
  const data = create(first.length * stride)
  const sums = new Float64Array(stride)
  for (let row = 0; row < first.length; row++) {
    sums.fill(start)
    for (let tap = 0; tap < (counts[row] as number); tap++) {
      const weight = weights[row * size + tap] as number
      const from = ((first[row] as number) + tap) * stride
      for (let at = 0; at < stride; at++)
        sums[at] = (sums[at] as number) + weight * (source[from + at] as number)
    }
    for (let at = 0; at < stride; at++) data[row * stride + at] = finish(sums[at] as number)
  }
  return data
}
