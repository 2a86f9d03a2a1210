import type { Ops, Value } from '@saliency/core'
import { reshapeKnown } from '../../constant/arrange.ts'
import type { Known } from '../../constant/known.ts'
import { selu } from '../../decompositions.ts'
import { fromSourceOrder, inSourceOrder, like, place, type Placed } from '../../placed.ts'
import { unsupported } from '../../problems.ts'
import { isKnownEntry, single, type GraphCall, type GraphEntry, type GraphImporter } from '../graph-call.ts'

type Apply = (ops: Ops, x: Value, call: GraphCall) => Value

const unary = (apply: Apply): GraphImporter =>
  single((call) => like(call.placed(0), apply(call.ops, call.placed(0).value, call)))

/** A flattened image lies in another order than the numbers beside it. */
function besideNumbers(placed: Placed, known: Known, ops: Ops): Placed {
  return placed.flattened && known.data.length > 1 ? place(inSourceOrder(placed, ops)) : placed
}

/** Brings two operands to one placement. */
function together(
  call: GraphCall,
  a: GraphEntry,
  b: GraphEntry,
): { placed: Placed; left: Value; right: Value } {
  const { ops } = call
  if (isKnownEntry(a)) {
    if (isKnownEntry(b)) throw unsupported('arithmetic on constants')
    const placed = besideNumbers(b, a, ops)
    return { placed, left: call.operand(a, placed), right: placed.value }
  }
  if (isKnownEntry(b)) {
    const placed = besideNumbers(a, b, ops)
    return { placed, left: placed.value, right: call.operand(b, placed) }
  }
  const isAlike =
    a.axes.join() === b.axes.join() && JSON.stringify(a.flattened) === JSON.stringify(b.flattened)
  if (isAlike)
    return { placed: a.value.shape.length >= b.value.shape.length ? a : b, left: a.value, right: b.value }
  if (a.axes.length !== b.axes.length) throw unsupported('its operands have different ranks')
  const [left, right] = [
    fromSourceOrder(inSourceOrder(a, ops), ops),
    fromSourceOrder(inSourceOrder(b, ops), ops),
  ]
  return { placed: left, left: left.value, right: right.value }
}

type Combine = (ops: Ops, a: Value, b: Value) => Value

const binary = (combine: Combine): GraphImporter =>
  single((call) => {
    const { placed, left, right } = together(call, call.inputs[0] as GraphEntry, call.inputs[1] as GraphEntry)
    return like(placed, combine(call.ops, left, right))
  })

/** A bias for each channel; one beside channels that come first broadcasts along their axis. */
function operandsOf({ inputs, attributes, op }: GraphCall): readonly [GraphEntry, GraphEntry] {
  const [value, bias] = inputs as readonly [GraphEntry, GraphEntry]
  const isFirst = op === 'BiasAdd' && attributes.text('data_format', 'NHWC') === 'NCHW'
  if (!isFirst || !isKnownEntry(bias)) return [value, bias]
  return [value, reshapeKnown(bias, [bias.data.length, 1, 1])]
}

/** Whether numbers beside a value are one for each of its channels, which are axis 1 of the graph. */
function isPerChannel({ shape, data }: Known, { axes }: Placed): boolean {
  const missing = axes.length - shape.length
  return shape.some((size, axis) => size === data.length && axes[missing + axis] === 1)
}

/** A vector behind a product without a bias is that product's bias. */
const add = single((call) => {
  const [a, b] = operandsOf(call)
  const [value, vector] = isKnownEntry(a) ? [b, a] : [a, b]
  if (!isKnownEntry(value) && isKnownEntry(vector)) {
    const product = call.productBefore(value)
    if (product && isPerChannel(vector, value) && vector.data.length === product.size)
      return like(value, product.withBias(vector))
  }
  const { placed, left, right } = together(call, a, b)
  return like(placed, call.ops.add(left, right))
})

const addAll = single((call) => {
  const [first, ...rest] = call.inputs as readonly [Placed, ...Placed[]]
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
