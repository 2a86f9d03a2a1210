import type { ElementwiseOperator } from '@saliency/core'
import { writeCast } from './masks.ts'
import { plain, withInputs, type Serialise } from './serialise.ts'
import { writeGelu, writeMish, writeSwish } from './self-gated.ts'

/** A sum or a product, which is computed in blocks of channels where all that it reads lies there. */
const ofOperands: Serialise<'Add' | 'Mul'> = (node, writer) =>
  writer.emit(node, { inputs: node.inputs.map((value) => writer.operand(value)) })

/** The operators that work element by element. */
export const elementwise: { readonly [K in ElementwiseOperator]: Serialise<K> } = {
  Relu: plain(),
  Neg: plain(),
  Abs: plain(),
  Sign: plain(),
  Round: plain(),
  Sqrt: plain(),
  Reciprocal: plain(),
  Exp: plain(),
  Log: plain(),
  Sigmoid: plain(),
  Tanh: plain(),
  Erf: plain(),
  Sin: plain(),
  Cos: plain(),
  Softplus: plain(),
  Softsign: plain(),
  HardSigmoid: plain(({ alpha, beta }) => ({ alpha: { float: alpha }, beta: { float: beta } })),
  HardSwish: plain(),
  Mish: writeMish,
  Gelu: writeGelu,
  Swish: writeSwish,
  LeakyRelu: plain(({ alpha }) => ({ alpha: { float: alpha } })),
  Elu: plain(({ alpha }) => ({ alpha: { float: alpha } })),
  Selu: plain(({ alpha, gamma }) => ({ alpha: { float: alpha }, gamma: { float: gamma } })),
  PRelu: plain(),
  Clip: withInputs(({ minimum, maximum }, writer) => [
    minimum === -Infinity ? '' : writer.scalar(minimum),
    ...(maximum === Infinity ? [] : [writer.scalar(maximum)]),
  ]),
  Not: plain(),
  Cast: writeCast,
  Add: ofOperands,
  Sub: plain(),
  Mul: ofOperands,
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
