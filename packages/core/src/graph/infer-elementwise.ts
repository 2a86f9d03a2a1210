import type { ElementwiseOperator } from './operators.ts'
import type { Infer, Output } from './output.ts'
import { broadcastShapes } from './shape.ts'
import type { Value } from './value.ts'

const broadcast = (inputs: readonly Value[]) => broadcastShapes(...inputs.map((value) => value.shape))

/** All operands broadcast to one shape of floats. */
const floats = (inputs: readonly Value[]): readonly Output[] => [
  { shape: broadcast(inputs), dtype: 'float32' },
]

/** Comparisons and logic give truth values. */
const truths = (inputs: readonly Value[]): readonly Output[] => [{ shape: broadcast(inputs), dtype: 'bool' }]

/** Shapes of the operators that work element by element. */
export const elementwiseShapes: { readonly [K in ElementwiseOperator]: Infer<K> } = {
  Relu: floats,
  Neg: floats,
  Abs: floats,
  Sign: floats,
  Round: floats,
  Sqrt: floats,
  Reciprocal: floats,
  Exp: floats,
  Log: floats,
  Sigmoid: floats,
  Tanh: floats,
  Erf: floats,
  Sin: floats,
  Cos: floats,
  Softplus: floats,
  Softsign: floats,
  HardSigmoid: floats,
  HardSwish: floats,
  Mish: floats,
  Gelu: floats,
  Swish: floats,
  LeakyRelu: floats,
  Elu: floats,
  Selu: floats,
  PRelu: floats,
  Clip: floats,
  Not: truths,
  Cast: (inputs, { to }) => [{ shape: broadcast(inputs), dtype: to }],
  Add: floats,
  Sub: floats,
  Mul: floats,
  Div: floats,
  Pow: floats,
  Max: floats,
  Min: floats,
  Equal: truths,
  Greater: truths,
  Less: truths,
  GreaterOrEqual: truths,
  LessOrEqual: truths,
  And: truths,
  Or: truths,
  Where: floats,
}
