import type { Value } from '../graph/value.ts'
import { sigmoid, softplus } from './functions.ts'
import { evaluate, reducedAxes, regionsOf, softmax, type Region, type Sample } from './region.ts'

/** A softmax or sigmoid at a model's end that is written as several operators. */
export interface WrittenHead {
  readonly kind: 'softmax' | 'sigmoid'
  /** What it reads: the logits. */
  readonly scores: Value
}

const trials: readonly Sample[] = [
  [1.3, -0.4, 0.7, -2.1, 0.5],
  [0.1, 0.2, -3, 2.2],
  [-4, 4, 1],
]

function agrees(found: Sample | undefined, wanted: Sample): boolean {
  const isClose = (value: number, at: number) =>
    Math.abs((found?.[at] ?? Number.NaN) - value) <= 1e-6 + 1e-4 * Math.abs(value)
  return wanted.every(isClose)
}

const log = (sample: Sample): Sample => sample.map(Math.log)

/** Whether a region computes a softmax of `[n, k]` over its classes, or the logarithm of one. */
function isSoftmax(region: Region): boolean {
  const { base, parameters } = region
  if (parameters.length > 0 || reducedAxes(region)?.join() !== '1') return false
  const size = Number(base.shape[1])
  return [(sample: Sample) => softmax(sample, size), (sample: Sample) => log(softmax(sample, size))].some(
    (f) => trials.every((sample) => agrees(evaluate(region, sample), f(sample))),
  )
}

/** Whether a region computes the sigmoid of each number, or its logarithm. */
function isSigmoid(region: Region): boolean {
  if (region.parameters.length > 0) return false
  const numbers = trials.flat()
  return [sigmoid, (x: number) => -softplus(-x)].some((f) =>
    agrees(evaluate(region, numbers), numbers.map(f)),
  )
}

/**
 * The softmax or sigmoid that an output `[n, k]` is, found by what it computes on numbers: exp(x)/Σ exp(x), x − log Σ exp(x),
 * log softmax(x), 1/(1 + exp(−x)). Undefined where it is none, and of the values it may be read from the first in the model,
 * so that a shift by the largest logit belongs to it.
 */
export function writtenHead(output: Value): WrittenHead | undefined {
  const sigmoids = [...regionsOf(output)].filter(isSigmoid)
  const last = sigmoids.at(-1)
  if (last) return { kind: 'sigmoid', scores: last.base }
  if (output.shape.length !== 2) return undefined
  const found = [...regionsOf(output, 'normalising')].filter(isSoftmax).at(-1)
  return found && { kind: 'softmax', scores: found.base }
}
