import type { OpName } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import { clip, elu, geluGate, geluGateByTanh, sigmoid, softplus } from './functions.ts'

/** A function of one number. */
export type NumberFunction = (x: number) => number

/** An operator with its attributes: what it computes, and how it is built. */
export interface Noun {
  readonly op: OpName
  readonly compute: NumberFunction
  /** What the operator is multiplied by; 1 where it stands alone. */
  readonly factor: number
  build(ops: Ops, x: Value, parameter: Value): Value
}

/** Where every activation is what it is in the limit, and no exponential has overflowed. */
const FAR = 200
/** Beyond every bound of a clip. */
const LIMIT = 1e6

/** A coefficient as people write it, 1.702 or 1/6, where that is what rounding has blurred. */
export function plainNumber(value: number): number {
  const written = [Number(value.toPrecision(5)), 1 / Number((1 / value).toPrecision(5))]
  return written.find((near) => Math.abs(near - value) <= 3e-7 * Math.abs(value)) ?? value
}

const noun = (op: OpName, compute: NumberFunction, build: Noun['build'], factor = 1): Noun => ({
  op,
  compute,
  factor,
  build: (ops, x, parameter) =>
    factor === 1 ? build(ops, x, parameter) : ops.mul(build(ops, x, parameter), factor),
})
const plain = (
  op: OpName,
  name: 'relu' | 'sigmoid' | 'tanh' | 'softplus' | 'softsign',
  compute: NumberFunction,
) => noun(op, compute, (ops, x) => ops[name](x))

/** Functions of two straight halves, and clips. */
function straight(f: NumberFunction): readonly Noun[] {
  const slope = plainNumber(-f(-1))
  const minimum = f(-LIMIT) === -LIMIT ? -Infinity : f(-LIMIT)
  const maximum = f(LIMIT) === LIMIT ? Infinity : f(LIMIT)
  const leaky = (x: number) => (x > 0 ? x : slope * x)
  const clipped = (x: number) => clip(x, minimum, maximum)
  const isClip = minimum < maximum && (minimum > -Infinity || maximum < Infinity)
  return [
    plain('Relu', 'relu', (x) => Math.max(x, 0)),
    ...(Math.abs(slope) < 1 ? [noun('LeakyRelu', leaky, (ops, x) => ops.leakyRelu(x, slope))] : []),
    ...(isClip ? [noun('Clip', clipped, (ops, x) => ops.clip(x, minimum, maximum))] : []),
  ]
}

/** A shifted clip is a hard sigmoid if it ends at 1, or, up to a factor, if it is half open at 0. */
function hardSigmoid(f: NumberFunction): readonly Noun[] {
  const height = f(FAR)
  const alpha = plainNumber((f(0.01) - f(-0.01)) / 0.02 / height)
  const beta = plainNumber(f(0) / height)
  const factor = Math.abs(height - 1) < 1e-6 ? 1 : height
  if (!(beta > 0 && beta < 1) || (factor !== 1 && beta !== 0.5)) return []
  const compute = (x: number) => height * clip(alpha * x + beta, 0, 1)
  return [noun('HardSigmoid', compute, (ops, x) => ops.hardSigmoid(x, alpha, beta), factor)]
}

/** ELU, SELU, and CELU: α (exp(x/α) − 1) below zero. */
function exponential(f: NumberFunction): readonly Noun[] {
  const [depth, gamma] = [plainNumber(-f(-FAR)), f(1)]
  if (!(depth > 0)) return []
  const alpha = depth / gamma
  // An ELU times any other number is an ELU and a product.
  const isSelu = Math.abs(alpha - 1.67326) < 1e-3 && Math.abs(gamma - 1.0507) < 1e-3
  return [
    noun(
      'Elu',
      (x) => elu(x, depth),
      (ops, x) => ops.elu(x, depth),
    ),
    ...(isSelu
      ? [
          noun(
            'Selu',
            (x) => gamma * elu(x, alpha),
            (ops, x) => ops.selu(x, alpha, gamma),
          ),
        ]
      : []),
    noun(
      'Selu',
      (x) => depth * elu(x / depth, 1),
      (ops, x) => ops.selu(ops.div(x, depth), 1, depth),
    ),
  ]
}

/** x · gate(x) up to a factor, which stands behind it: x · clip(x + 3, 0, 6) is 6 · HardSwish. */
function gated(f: NumberFunction): readonly Noun[] {
  const make = (op: OpName, gate: NumberFunction, factor: number, build: (ops: Ops, x: Value) => Value) =>
    noun(op, (x) => factor * x * gate(x), build, factor)
  const factor = plainNumber(f(FAR) / FAR)
  // sigmoid(t) + sigmoid(−t) = 1, and the ratio of the two is exp(t).
  const scale = plainNumber(f(1) - f(-1))
  const steepness = plainNumber(Math.log(f(1) / -f(-1)))
  const isSteep = Math.abs(steepness) > 1e-3
  return [
    make(
      'HardSwish',
      (x) => clip(x / 6 + 0.5, 0, 1),
      factor,
      (ops, x) => ops.hardSwish(x),
    ),
    make('Gelu', geluGate, factor, (ops, x) => ops.gelu(x)),
    make('Gelu', geluGateByTanh, factor, (ops, x) => ops.gelu(x, 'tanh')),
    make(
      'Mish',
      (x) => Math.tanh(softplus(x)),
      factor,
      (ops, x) => ops.mish(x),
    ),
    ...(isSteep
      ? [
          make(
            'Swish',
            (x) => sigmoid(steepness * x),
            scale,
            (ops, x) => ops.swish(x, steepness),
          ),
        ]
      : []),
  ]
}

/** The activations that `f` may be, with the attributes that its values ask for; the simplest first. */
export function candidates(f: NumberFunction): readonly Noun[] {
  return [
    ...straight(f),
    plain('Sigmoid', 'sigmoid', sigmoid),
    plain('Tanh', 'tanh', Math.tanh),
    plain('Softplus', 'softplus', softplus),
    // log sigmoid(x)
    noun(
      'Softplus',
      (x) => -softplus(-x),
      (ops, x) => ops.neg(ops.softplus(ops.neg(x))),
    ),
    plain('Softsign', 'softsign', (x) => x / (1 + Math.abs(x))),
    ...hardSigmoid(f),
    ...exponential(f),
    ...gated(f),
  ]
}

/** The activations that a function of a value and one parameter p may be. */
export function candidatesWith(p: number): readonly Noun[] {
  return [
    noun(
      'PRelu',
      (x) => (x > 0 ? x : p * x),
      (ops, x, slope) => ops.pRelu(x, slope),
    ),
    noun(
      'PRelu',
      (x) => (x > 0 ? x : -p * x),
      (ops, x, slope) => ops.pRelu(x, ops.neg(slope)),
    ),
    // Swish with a trained steepness: x · sigmoid(px) = swish(px)/p.
    noun(
      'Swish',
      (x) => x * sigmoid(p * x),
      (ops, x, steepness) => ops.div(ops.swish(ops.mul(x, steepness)), steepness),
    ),
  ]
}
