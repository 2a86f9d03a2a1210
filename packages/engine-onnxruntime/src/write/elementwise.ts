import { elementTypes } from './tensors.ts'
import { plain, withInputs, type Serialise } from './serialise.ts'

type ElementwiseOperator =
  | 'Relu'
  | 'Neg'
  | 'Abs'
  | 'Sign'
  | 'Sqrt'
  | 'Reciprocal'
  | 'Exp'
  | 'Log'
  | 'Sigmoid'
  | 'Tanh'
  | 'Erf'
  | 'Softplus'
  | 'Softsign'
  | 'HardSigmoid'
  | 'LeakyRelu'
  | 'Elu'
  | 'Selu'
  | 'PRelu'
  | 'Clip'
  | 'Not'
  | 'Cast'
  | 'Add'
  | 'Sub'
  | 'Mul'
  | 'Div'
  | 'Pow'
  | 'Max'
  | 'Min'
  | 'Equal'
  | 'Greater'
  | 'Less'
  | 'GreaterOrEqual'
  | 'LessOrEqual'
  | 'And'
  | 'Or'
  | 'Where'

/** The operators that work element by element. */
export const elementwise: { readonly [K in ElementwiseOperator]: Serialise<K> } = {
  Relu: plain(),
  Neg: plain(),
  Abs: plain(),
  Sign: plain(),
  Sqrt: plain(),
  Reciprocal: plain(),
  Exp: plain(),
  Log: plain(),
  Sigmoid: plain(),
  Tanh: plain(),
  Erf: plain(),
  Softplus: plain(),
  Softsign: plain(),
  HardSigmoid: plain(({ alpha, beta }) => ({ alpha: { float: alpha }, beta: { float: beta } })),
  LeakyRelu: plain(({ alpha }) => ({ alpha: { float: alpha } })),
  Elu: plain(({ alpha }) => ({ alpha: { float: alpha } })),
  Selu: plain(({ alpha, gamma }) => ({ alpha: { float: alpha }, gamma: { float: gamma } })),
  PRelu: plain(),
  Clip: withInputs(({ minimum, maximum }, writer) => [
    minimum === -Infinity ? '' : writer.scalar(minimum),
    ...(maximum === Infinity ? [] : [writer.scalar(maximum)]),
  ]),
  Not: plain(),
  Cast: plain(({ to }) => ({ to: elementTypes[to] })),
  Add: plain(),
  Sub: plain(),
  Mul: plain(),
  Div: plain(),
  Pow: plain(),
  Max: plain(),
  Min: plain(),
  Equal: plain(),
  Greater: plain(),
  Less: plain(),
  GreaterOrEqual: plain(),
  LessOrEqual: plain(),
  And: plain(),
  Or: plain(),
  Where: plain(),
}
