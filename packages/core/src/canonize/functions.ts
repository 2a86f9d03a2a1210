import type { ElementwiseOperator, Operators } from '../graph/operators.ts'

/** What an operator computes from one number of each operand. */
type NumberFunction<K extends ElementwiseOperator> = (
  attributes: Operators[K],
  ...numbers: number[]
) => number

/** The error function to about 10⁻⁷ (Numerical Recipes, section 6.2): both sides of a comparison are made with it. */
export function erf(x: number): number {
  const t = 1 / (1 + Math.abs(x) / 2)
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ]
  const polynomial = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0)
  const complement = t * Math.exp(-x * x + polynomial)
  return x < 0 ? complement - 1 : 1 - complement
}

/** Halves go to the even neighbour. */
export function roundHalfToEven(x: number): number {
  const below = Math.floor(x)
  return x - below === 0.5 ? below + Math.abs(below % 2) : Math.round(x)
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
export const clip = (x: number, minimum: number, maximum: number): number =>
  Math.min(Math.max(x, minimum), maximum)
export const elu = (x: number, alpha: number): number => (x > 0 ? x : alpha * Math.expm1(x))
export const geluGate = (x: number): number => (1 + erf(x * Math.SQRT1_2)) / 2
export const geluGateByTanh = (x: number): number =>
  (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))) / 2

const plain =
  (compute: (...numbers: number[]) => number): NumberFunction<ElementwiseOperator> =>
  (_, ...numbers) =>
    compute(...numbers)
const truth = (holds: (a: number, b: number) => boolean) => plain((a = 0, b = 0) => (holds(a, b) ? 1 : 0))

/** Every operator that works element by element, on numbers; true is 1. */
export const functions: { readonly [K in ElementwiseOperator]: NumberFunction<K> } = {
  Relu: plain((x = 0) => Math.max(x, 0)),
  Neg: plain((x = 0) => -x),
  Abs: plain(Math.abs),
  Sign: plain(Math.sign),
  Round: plain(roundHalfToEven),
  Sqrt: plain(Math.sqrt),
  Reciprocal: plain((x = 0) => 1 / x),
  Exp: plain(Math.exp),
  Log: plain(Math.log),
  Sigmoid: plain(sigmoid),
  Tanh: plain(Math.tanh),
  Erf: plain(erf),
  Sin: plain(Math.sin),
  Cos: plain(Math.cos),
  Softplus: plain(softplus),
  Softsign: plain((x = 0) => x / (1 + Math.abs(x))),
  HardSigmoid: ({ alpha, beta }, x = 0) => clip(alpha * x + beta, 0, 1),
  HardSwish: plain((x = 0) => x * clip(x / 6 + 0.5, 0, 1)),
  Mish: plain((x = 0) => x * Math.tanh(softplus(x))),
  Gelu: ({ approximate }, x = 0) => x * (approximate === 'tanh' ? geluGateByTanh(x) : geluGate(x)),
  Swish: ({ alpha }, x = 0) => x * sigmoid(alpha * x),
  LeakyRelu: ({ alpha }, x = 0) => (x > 0 ? x : alpha * x),
  Elu: ({ alpha }, x = 0) => elu(x, alpha),
  Selu: ({ alpha, gamma }, x = 0) => gamma * elu(x, alpha),
  PRelu: plain((x = 0, slope = 0) => (x > 0 ? x : slope * x)),
  Clip: ({ minimum, maximum }, x = 0) => clip(x, minimum, maximum),
  Not: plain((x = 0) => (x === 0 ? 1 : 0)),
  Cast: ({ to }, x = 0) => (to === 'bool' ? Number(x !== 0) : to === 'int64' ? Math.trunc(x) : x),
  Add: plain((a = 0, b = 0) => a + b),
  Sub: plain((a = 0, b = 0) => a - b),
  Mul: plain((a = 0, b = 0) => a * b),
  Div: plain((a = 0, b = 0) => a / b),
  Pow: plain((a = 0, b = 0) => a ** b),
  Max: plain(Math.max),
  Min: plain(Math.min),
  Equal: truth((a, b) => a === b),
  Greater: truth((a, b) => a > b),
  Less: truth((a, b) => a < b),
  GreaterOrEqual: truth((a, b) => a >= b),
  LessOrEqual: truth((a, b) => a <= b),
  And: truth((a, b) => a !== 0 && b !== 0),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Where: plain((condition = 0, a = 0, b = 0) => (condition === 0 ? b : a)),
}
