import type { ElementwiseOperator, Node, Value } from '@saliency/core'
import { repeatedIn } from './blocks.ts'
import { writeCast } from './masks.ts'
import { resized } from './resize.ts'
import { writeScaled } from './scaled.ts'
import { plain, withInputs, type Serialise } from './serialise.ts'
import { writeGelu, writeMish, writeSwish } from './self-gated.ts'

/** A sum or a product, which is computed in blocks of channels where all that it reads lies there. */
const ofOperands: Serialise<'Add' | 'Mul'> = (node, writer) => {
  const [result] = node.outputs as readonly [Value]
  writer.emit(node, { inputs: node.inputs.map((value) => writer.operand(value, result)) })
}

/**
 * A difference. In blocks of channels there is none: the batch norm that multiplies by −1 is computed there, of the small
 * signal before its rows and columns are repeated, and the sum.
 */
const writeDifference: Serialise<'Sub'> = (node, writer) => {
  const [from, repeated] = node.inputs as readonly [Value, Value]
  const small = repeatedIn(repeated)
  const [result] = node.outputs as readonly [Value]
  if (!small || !writer.isInBlocks(result)) return writer.emit(node)
  const [negated, whole] = [writer.scratch(node, 'negated'), writer.scratch(node, 'whole')]
  const channels = Number(small.shape[1])
  writeScaled(node, { input: writer.name(small), factor: -1, channels, output: negated }, writer)
  writer.emit(node, { ...resized(repeated.node as Node<'Resize'>, writer, negated), outputs: [whole] })
  writer.emit(node, { op: 'Add', inputs: [writer.operand(from, result), whole] })
}

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
  Sub: writeDifference,
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
