import { normalizeAxis, type Dim } from '@saliency/core'
import { invalid } from '../problems.ts'
import { computedSize } from '../weights/limits.ts'
import { stridesOf } from '../weights/permute.ts'
import { broadcastItems, combineConstant } from './arithmetic.ts'
import { concatConstant } from './arrange.ts'
import { floatsOf, constantFloats, constantLike, numbersIn, type ConstantTensor } from './constant-tensor.ts'

/** Sums up to each place along an axis (ONNX CumSum): `exclusive` leaves the place out, `reverse` starts at the end. */
export function cumulate(
  source: ConstantTensor,
  axis: number,
  { exclusive = false, reverse = false } = {},
): ConstantTensor {
  const at = normalizeAxis(axis, source.shape.length)
  const [length, step] = [source.shape[at] ?? 1, stridesOf(source.shape)[at] ?? 1]
  const items = Array.from(numbersIn(source.data))
  const sums = items.map(() => 0)
  for (let index = 0; index < items.length; index++) {
    // Place by place from the end where the sums start there.
    const here = reverse ? items.length - 1 - index : index
    const place = Math.floor(here / step) % length
    const isFirst = place === (reverse ? length - 1 : 0)
    const before = here + (reverse ? step : -step)
    const sum = isFirst ? 0 : (sums[before] as number) + (exclusive ? (items[before] as number) : 0)
    sums[here] = exclusive ? sum : sum + (items[here] as number)
  }
  return constantLike(source, sums, source.shape)
}

/** The tensor several times over along each axis. */
export function tileConstant(source: ConstantTensor, repeats: readonly number[]): ConstantTensor {
  computedSize(
    source.shape.map((dim, axis) => dim * (repeats[axis] ?? 1)),
    'A repeated constant',
  )
  return repeats.reduce((tiled, count, axis) => {
    if (count === 0) throw invalid('A constant is repeated 0 times.')
    return count === 1
      ? tiled
      : concatConstant(
          Array.from({ length: count }, () => tiled),
          axis,
        )
  }, source)
}

/** What lies on and below the `k`-th diagonal of the last two axes, or on and above it; 0 elsewhere (ONNX Trilu). */
export function triangle(source: ConstantTensor, k: number, isUpper: boolean): ConstantTensor {
  const [rows = 1, columns = 1] = source.shape.slice(-2)
  const isInside = (index: number) => {
    const [row, column] = [Math.floor(index / columns) % rows, index % columns]
    return isUpper ? column - row >= k : column - row <= k
  }
  return constantLike(
    source,
    Array.from(source.data, (item, index): Dim => (isInside(index) ? item : 0)),
    source.shape,
  )
}

/** The product of the last two axes as matrices, under broadcasting of those in front. */
export function multiplyConstant(a: ConstantTensor, b: ConstantTensor): ConstantTensor {
  const [rows = 1, inner = 1] = a.shape.slice(-2)
  const [other, columns = 1] = b.shape.slice(-2)
  if (other !== inner || a.shape.length < 2 || b.shape.length < 2)
    throw invalid(
      `Constants of [${a.shape.join(', ')}] and [${b.shape.join(', ')}] are multiplied as matrices.`,
    )
  const fronts = [a, b].map((known) => ({ ...known, shape: known.shape.slice(0, -2) }))
  const count = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1)
  const numbered = fronts.map(({ shape }): ConstantTensor => ({
    type: 'integer',
    shape,
    isTrained: false,
    data: Array.from({ length: count(shape) }, (_, index) => index),
  }))
  const sum = combineConstant('Add', numbered[0] as ConstantTensor, numbered[1] as ConstantTensor)
  const [left, right] = numbered.map((known) => numbersIn(broadcastItems(known, sum.shape))) as [
    ArrayLike<number>,
    ArrayLike<number>,
  ]
  const [x, y] = [floatsOf(a), floatsOf(b)]
  const size = computedSize([...sum.shape, rows, columns], 'A product of constants', x.length + y.length)
  const data = new Float32Array(size)
  for (let at = 0; at < size; at++) {
    const matrix = Math.floor(at / (rows * columns))
    const from = ((left[matrix] as number) * rows + (Math.floor(at / columns) % rows)) * inner
    const to = (right[matrix] as number) * inner * columns + (at % columns)
    let total = 0
    for (let k = 0; k < inner; k++) total += (x[from + k] as number) * (y[to + k * columns] as number)
    data[at] = total
  }
  return constantFloats(data, [...sum.shape, rows, columns], a.isTrained || b.isTrained)
}

/** Calls `visit` with where the items of one channel, an item of axis 1, begin and end, piece by piece. */
function eachPiece(
  [images = 1, channels = 1, ...rest]: readonly number[],
  channel: number,
  visit: (from: number, to: number) => void,
): void {
  const length = rest.reduce((product, dim) => product * dim, 1)
  for (let image = 0; image < images; image++) {
    const from = (image * channels + channel) * length
    visit(from, from + length)
  }
}

/** Mean and variance of a channel, in double precision. */
function momentsOf(
  values: Float32Array,
  shape: readonly number[],
  channel: number,
): [mean: number, variance: number] {
  const meanOf = (term: (value: number) => number): number => {
    let [sum, count] = [0, 0]
    eachPiece(shape, channel, (from, to) => {
      for (let at = from; at < to; at++) sum += term(values[at] as number)
      count += to - from
    })
    return sum / count
  }
  const mean = meanOf((value) => value)
  return [mean, meanOf((value) => (value - mean) ** 2)]
}

/** gamma · (x − mean)/√(variance + epsilon) + beta for each item of axis 1, `[c]` vectors or the statistics of `x` itself. */
export function normaliseConstant(
  x: ConstantTensor,
  vectors: readonly [
    gamma: ConstantTensor,
    beta: ConstantTensor,
    mean?: ConstantTensor,
    variance?: ConstantTensor,
  ],
  epsilon: number,
): ConstantTensor {
  const [gammas, betas, means, variances] = vectors.map((known) => known && floatsOf(known)) as [
    Float32Array,
    Float32Array,
    Float32Array?,
    Float32Array?,
  ]
  const values = floatsOf(x)
  const data = new Float32Array(values.length)
  for (let channel = 0; channel < (x.shape[1] ?? 1); channel++) {
    const own = [means?.[channel], variances?.[channel]] as [number, number]
    const [mean, variance] = means ? own : momentsOf(values, x.shape, channel)
    const [scale, beta] = [
      (gammas[channel] as number) / Math.sqrt(variance + epsilon),
      betas[channel] as number,
    ]
    eachPiece(x.shape, channel, (from, to) => {
      for (let at = from; at < to; at++) data[at] = ((values[at] as number) - mean) * scale + beta
    })
  }
  const isTrained = [x, ...vectors].some((known) => known?.isTrained)
  return constantFloats(data, x.shape, isTrained)
}
