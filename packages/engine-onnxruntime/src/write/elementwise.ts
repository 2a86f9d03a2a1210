import type { ElementwiseOperator } from '@saliency/core'
import { masks } from '../passes/masks.ts'
import { elementTypes } from './tensors.ts'
import { plain, withInputs, type Serialise } from './serialise.ts'
import { writeGelu, writeMish, writeSwish } from './self-gated.ts'

const writeCast: Serialise<'Cast'> = (node, writer) => {
  const found = masks.rewrite(node)
  if (!found) return writer.emit(node, { attributes: { to: elementTypes[node.attributes.to] } })
  const [only, ...others] = found.map(({ x, slope, offset }, index) => {
    const outputs = found.length === 1 ? {} : { outputs: [writer.scratch(node, `side${index}`)] }
    const attributes = { alpha: { float: slope }, beta: { float: offset } }
    writer.emit(node, { op: 'HardSigmoid', inputs: [writer.name(x)], ...outputs, attributes })
    return outputs.outputs?.[0] ?? ''
  })
  if (others.length > 0) writer.emit(node, { op: 'Mul', inputs: [only ?? '', ...others] })
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
