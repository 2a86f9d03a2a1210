import {
  type AnyRule,
  type Ops,
  type OptionValues,
  SaliencyError,
  type Site,
  type Value,
} from '@saliency/core'
import type { rectgradOptions } from './options.ts'
import { orderStatistic } from './order-statistic.ts'

type Options = OptionValues<typeof rectgradOptions>

/** What a signal R is judged by at an activation a; the rectifier is the sign of R in it. */
const measures: Readonly<Record<Options['measure'], (ops: Ops, a: Value, R: Value) => Value>> = {
  /** a · R (Kim et al. 2019) */
  positive: (ops, a, R) => ops.mul(a, R),
  /** a · |R| (RectGradAbs of PathwayGrad) */
  signed: (ops, a, R) => ops.mul(a, ops.abs(R)),
}

/**
 * The order statistic that stands for the percentile at `position` = q(N − 1). NumPy's and torch's τ is interpolated
 * between two neighbours, so no value lies between the lower one and τ: `measure > τ` holds exactly where the measure
 * exceeds the lower one, and the interpolation, which rounding could carry up to the next value, is not needed.
 */
const ranks: Readonly<Record<Options['interpolation'], (position: number, last: number) => number>> = {
  linear: Math.floor,
  /** TensorFlow's percentile counts from the greatest and rounds halves to even. */
  nearest: (position, last) => last - roundHalfToEven(last - position),
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value)
}

/** The values of each image in a row of their own, and which axis counted images; none in a graph for one image. */
function imageRows({ ops, node }: Site, measure: Value): { rows: Value; batch?: number } {
  const { shape, graph } = measure
  if (graph.batch === 1)
    return { rows: ops.reshape(measure, [1, shape.reduce<number>((size, dim) => size * Number(dim), 1)]) }
  const batch = shape.indexOf('n')
  if (batch === 0) return { rows: ops.flatten(measure), batch }
  if (batch < 0)
    throw new SaliencyError(
      'UNSUPPORTED_MODEL',
      `${node.op} in layer '${node.layer}' has no axis that counts images (its shape is [${shape.join(', ')}]), so there is no percentile of one image's values; use threshold=constant.`,
    )
  const others = shape.map((_, axis) => axis).filter((axis) => axis !== batch)
  return { rows: ops.flatten(ops.transpose(measure, [batch, ...others])), batch }
}

/** τ: one number, or the percentile over everything but the batch, shaped to broadcast over `measure`. */
function thresholdOf(site: Site, measure: Value, options: Options): Value | number {
  if (options.threshold === 'constant') return options.tau
  const { ops } = site
  const { rows, batch } = imageRows(site, measure)
  const last = Number(rows.shape[1]) - 1
  const tau = orderStatistic(ops, rows, ranks[options.interpolation]((options.percentile / 100) * last, last))
  return ops.reshape(
    tau,
    measure.shape.map((dim, axis) => (axis === batch ? dim : 1)),
  )
}

/** What τ = 0 lets through where a ≥ 0: all signals, or the positive ones, of the units that were active. */
const aboveZero: Readonly<Record<Options['measure'], (ops: Ops, R: Value) => Value>> = {
  positive: (ops, R) => ops.relu(R),
  signed: (_, R) => R,
}

/**
 * Whether 1[measure > τ] is the rectifier's own mask 1[a > 0] and a condition on R alone. Then the walk is that of guided
 * backpropagation or of the gradient, step by step, and costs nothing beside them.
 */
const isOwnMask = ({ node, output: a }: Site, { threshold, tau }: Options) =>
  threshold === 'constant' &&
  tau === 0 &&
  (node.op === 'Relu' || node.op === 'Clip') &&
  a.sign === 'nonnegative'

/** 1[measure > τ] · R, with a strict inequality: what equals the threshold is dropped. */
function rectified(site: Site, options: Options): Value {
  const { output: a, signal: R, ops } = site
  const measure = measures[options.measure](ops, a, R)
  const passes = ops.greater(measure, thresholdOf(site, measure, options))
  return ops.mul(R, ops.cast(passes, 'float32'))
}

/**
 * The rule at every rectifier that is thresholded. At a ReLU the threshold replaces the mask x > 0, as in the
 * authors' code: below τ = 0 closed units pass. Other rectifiers keep their own derivative as well, since theirs is not 0
 * or 1.
 */
export function reluRule(options: Options): AnyRule {
  return (site) => {
    if (isOwnMask(site, options)) return site.vjp(aboveZero[options.measure](site.ops, site.signal))
    const passed = rectified(site, options)
    return site.node.op === 'Relu' ? [passed] : site.vjp(passed)
  }
}
