import type { Ops, Value } from '@saliency/core'
import { reshapeConstant } from '../../constant/arrange.ts'
import type { ConstantTensor } from '../../constant/constant-tensor.ts'
import { selu } from '../../decompositions.ts'
import { fromSourceOrder, inSourceOrder, like, asSourceValue, type SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import {
  isConstantEntry,
  single,
  type GraphCall,
  type GraphEntry,
  type GraphImporter,
} from '../graph-call.ts'

type Apply = (ops: Ops, x: Value, call: GraphCall) => Value

const unary = (apply: Apply): GraphImporter =>
  single((call) => like(call.sourceValue(0), apply(call.ops, call.sourceValue(0).value, call)))

/** A flattened image lies in another order than the numbers beside it. */
function besideNumbers(source: SourceValue, known: ConstantTensor, ops: Ops): SourceValue {
  return source.flattened && known.data.length > 1 ? asSourceValue(inSourceOrder(source, ops)) : source
}

/** Brings two operands to one placement. */
function together(
  call: GraphCall,
  a: GraphEntry,
  b: GraphEntry,
): { source: SourceValue; left: Value; right: Value } {
  const { ops } = call
  if (isConstantEntry(a)) {
    if (isConstantEntry(b)) throw unsupported('arithmetic on constants')
    const source = besideNumbers(b, a, ops)
    return { source, left: call.operand(a, source), right: source.value }
  }
  if (isConstantEntry(b)) {
    const source = besideNumbers(a, b, ops)
    return { source, left: source.value, right: call.operand(b, source) }
  }
  const isAlike =
    a.axes.join() === b.axes.join() && JSON.stringify(a.flattened) === JSON.stringify(b.flattened)
  if (isAlike)
    return { source: a.value.shape.length >= b.value.shape.length ? a : b, left: a.value, right: b.value }
  if (a.axes.length !== b.axes.length) throw unsupported('its operands have different ranks')
  const [left, right] = [
    fromSourceOrder(inSourceOrder(a, ops), ops),
    fromSourceOrder(inSourceOrder(b, ops), ops),
  ]
  return { source: left, left: left.value, right: right.value }
}

type Combine = (ops: Ops, a: Value, b: Value) => Value

const binary = (combine: Combine): GraphImporter =>
  single((call) => {
    const { source, left, right } = together(call, call.inputs[0] as GraphEntry, call.inputs[1] as GraphEntry)
    return like(source, combine(call.ops, left, right))
  })

/** A bias for each channel; one beside channels that come first broadcasts along their axis. */
function operandsOf({ inputs, attributes, op }: GraphCall): readonly [GraphEntry, GraphEntry] {
  const [value, bias] = inputs as readonly [GraphEntry, GraphEntry]
  const isFirst = op === 'BiasAdd' && attributes.text('data_format', 'NHWC') === 'NCHW'
  if (!isFirst || !isConstantEntry(bias)) return [value, bias]
  return [value, reshapeConstant(bias, [bias.data.length, 1, 1])]
}

/** Whether numbers beside a value are one for each of its channels, which are axis 1 of the graph. */
function isPerChannel({ shape, data }: ConstantTensor, { axes }: SourceValue): boolean {
  const missing = axes.length - shape.length
  return shape.some((size, axis) => size === data.length && axes[missing + axis] === 1)
}

/** A vector behind a product without a bias is that product's bias. */
const add = single((call) => {
  const [a, b] = operandsOf(call)
  const [value, vector] = isConstantEntry(a) ? [b, a] : [a, b]
  if (!isConstantEntry(value) && isConstantEntry(vector)) {
    const product = call.productBefore(value)
    if (product && isPerChannel(vector, value) && vector.data.length === product.size)
      return like(value, product.withBias(vector))
  }
  const { source, left, right } = together(call, a, b)
  return like(source, call.ops.add(left, right))
})

const addAll = single((call) => {
  const [first, ...rest] = call.inputs as readonly [SourceValue, ...SourceValue[]]
  return rest.reduce((sum, item) => like(sum, call.ops.add(sum.value, item.value)), first)
})

const leakyRelu: Apply = (ops, x, { attributes }) => ops.leakyRelu(x, attributes.float('alpha', 0.2))

/** Arithmetic and activations. */
export const elementwiseNodes: Readonly<Record<string, GraphImporter>> = {
  Add: add,
  AddV2: add,
  BiasAdd: add,
  AddN: addAll,
  Sub: binary((ops, a, b) => ops.sub(a, b)),
  Mul: binary((ops, a, b) => ops.mul(a, b)),
  RealDiv: binary((ops, a, b) => ops.div(a, b)),
  Div: binary((ops, a, b) => ops.div(a, b)),
  Maximum: binary((ops, a, b) => ops.max(a, b)),
  Minimum: binary((ops, a, b) => ops.min(a, b)),
  Pow: binary((ops, a, b) => ops.pow(a, b)),
  SquaredDifference: binary((ops, a, b) => ops.mul(ops.sub(a, b), ops.sub(a, b))),
  Prelu: binary((ops, x, slope) => ops.pRelu(x, slope)),
  Relu: unary((ops, x) => ops.relu(x)),
  Relu6: unary((ops, x) => ops.clip(x, 0, 6)),
  LeakyRelu: unary(leakyRelu),
  Elu: unary((ops, x) => ops.elu(x, 1)),
  Selu: unary((ops, x) => ops.selu(x, selu.alpha, selu.gamma)),
  Sigmoid: unary((ops, x) => ops.sigmoid(x)),
  Tanh: unary((ops, x) => ops.tanh(x)),
  Softplus: unary((ops, x) => ops.softplus(x)),
  Softsign: unary((ops, x) => ops.softsign(x)),
  Erf: unary((ops, x) => ops.erf(x)),
  Sin: unary((ops, x) => ops.sin(x)),
  Cos: unary((ops, x) => ops.cos(x)),
  Exp: unary((ops, x) => ops.exp(x)),
  Log: unary((ops, x) => ops.log(x)),
  Sqrt: unary((ops, x) => ops.sqrt(x)),
  Rsqrt: unary((ops, x) => ops.reciprocal(ops.sqrt(x))),
  Reciprocal: unary((ops, x) => ops.reciprocal(x)),
  Square: unary((ops, x) => ops.mul(x, x)),
  Neg: unary((ops, x) => ops.neg(x)),
  Abs: unary((ops, x) => ops.abs(x)),
  Identity: single(({ inputs }) => inputs[0] as GraphEntry),
  StopGradient: single(({ inputs }) => inputs[0] as GraphEntry),
}
