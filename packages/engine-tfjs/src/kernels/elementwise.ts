import { isNode, type DType, type Node, type OpName } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { broadcastable, commonLayout } from '../align.ts'
import { operand, shapeOf, type Call, type Kernel, type Result } from '../kernel.ts'
import { storedShape, type Layout } from '../layout.ts'

type Unary = (x: tf.Tensor) => tf.Tensor
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

/** Works on the layout at hand. */
const unary =
  (compute: Unary): Kernel<OpName> =>
  (call) => {
    const x = operand(call, 0)
    return [{ tensor: compute(x.own), layout: x.layout }]
  }

/** Brings both operands to one layout first. */
const binary =
  (compute: Binary): Kernel<OpName> =>
  (call) => {
    const { tensors, layout } = aligned(call)
    const [a, b] = tensors
    if (!a || !b) throw new Error('internal: an operand is missing')
    return [{ tensor: compute(a, b), layout }]
  }

function aligned(call: Call): { tensors: tf.Tensor[]; layout: Layout } {
  const rank = shapeOf(call).length
  const layout = commonLayout(call.inputs, rank)
  return { tensors: call.inputs.map((value) => broadcastable(value, rank, layout)), layout }
}

/** The number that a constant input holds everywhere, if it does. */
function splat(node: Node | undefined): number | undefined {
  if (!node) return undefined
  if (isNode(node, 'Fill')) return node.attributes.value
  return isNode(node, 'Constant') && node.attributes.data.length === 1 ? node.attributes.data[0] : undefined
}

/** A full operand: TensorFlow.js broadcasts a condition's branches by tiling, which costs more than filling. */
function where(call: Call<'Where'>): readonly Result[] {
  const rank = shapeOf(call).length
  const layout = commonLayout(call.inputs, rank)
  const shape = storedShape(layout, shapeOf(call))
  const branch = (index: number) => {
    const number = splat(call.node.inputs[index]?.node)
    return number === undefined ? broadcastable(operand(call, index), rank, layout) : tf.fill(shape, number)
  }
  const condition = broadcastable(operand(call, 0), rank, layout)
  return [{ tensor: tf.where(condition, branch(1), branch(2)), layout }]
}

/** What WebAssembly's own sign costs twenty times as much for. */
const signOfSteps: Unary = (x) => tf.sub(tf.step(x), tf.step(tf.neg(x)))

/** min(x, 0); WebAssembly's own minimum costs fifteen times as much. */
const negativePart: Unary = (x) => tf.neg(tf.relu(tf.neg(x)))

/** x where positive, else alpha · (eˣ − 1) */
const elu = (x: tf.Tensor, alpha: number) => tf.add(tf.relu(x), tf.mul(tf.elu(negativePart(x)), alpha))

/** ln(1 + eˣ) without overflow. */
const softplus: Unary = (x) => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))))

/** x · ½(1 + erf(x/√2)) */
const gelu: Unary = (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))

/** x · ½(1 + tanh(√(2/π)(x + 0.044715 x³))) */
const geluByTanh: Unary = (x) => {
  const inner = tf.mul(x, tf.add(tf.mul(tf.square(x), 0.044715), 1))
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(inner, Math.sqrt(2 / Math.PI))), 1))
}

/** Limits may be infinite or equal, which not every backend's own clip allows. */
const clip = (x: tf.Tensor, minimum: number, maximum: number) => {
  if (Number.isFinite(minimum) && Number.isFinite(maximum) && minimum < maximum)
    return tf.clipByValue(x, minimum, maximum)
  const above = minimum === -Infinity ? x : tf.maximum(x, minimum)
  return maximum === Infinity ? above : tf.minimum(above, maximum)
}

/** Whatever is not zero is true: WebAssembly's own cast keeps the number's low bits. int64 is int32 here. */
function cast(x: tf.Tensor, to: DType): tf.Tensor {
  if (to === 'bool') return tf.notEqual(x, tf.zerosLike(x))
  return tf.cast(x, to === 'int64' ? 'int32' : to)
}

/** ONNX's element-wise operators. */
export const elementwise = {
  Relu: unary(tf.relu),
  Neg: unary(tf.neg),
  Abs: unary(tf.abs),
  Sign: (call) => unary(call.backend === 'wasm' ? signOfSteps : tf.sign)(call),
  Round: unary(tf.round),
  Sqrt: unary(tf.sqrt),
  Reciprocal: unary(tf.reciprocal),
  Exp: unary(tf.exp),
  Log: unary(tf.log),
  Sigmoid: unary(tf.sigmoid),
  Tanh: unary(tf.tanh),
  Erf: unary(tf.erf),
  Sin: unary(tf.sin),
  Cos: unary(tf.cos),
  Softplus: unary(softplus),
  Softsign: unary((x) => tf.div(x, tf.add(tf.abs(x), 1))),
  HardSigmoid: (call) =>
    unary((x) => clip(tf.add(tf.mul(x, call.attributes.alpha), call.attributes.beta), 0, 1))(call),
  HardSwish: unary((x) => tf.mul(x, clip(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1))),
  Mish: unary((x) => tf.mul(x, tf.tanh(softplus(x)))),
  Gelu: (call) => unary(call.attributes.approximate === 'tanh' ? geluByTanh : gelu)(call),
  Swish: (call) => unary((x) => tf.mul(x, tf.sigmoid(tf.mul(x, call.attributes.alpha))))(call),
  LeakyRelu: (call) => unary((x) => tf.leakyRelu(x, call.attributes.alpha))(call),
  Elu: (call) => unary((x) => elu(x, call.attributes.alpha))(call),
  Selu: (call) => unary((x) => tf.mul(elu(x, call.attributes.alpha), call.attributes.gamma))(call),
  PRelu: binary((x, slope) => tf.add(tf.relu(x), tf.mul(negativePart(x), slope))),
  Clip: (call) => unary((x) => clip(x, call.attributes.minimum, call.attributes.maximum))(call),
  Not: unary(tf.logicalNot),
  Cast: (call) => unary((x) => cast(x, call.attributes.to))(call),
  Add: binary(tf.add),
  Sub: binary(tf.sub),
  Mul: binary(tf.mul),
  Div: binary(tf.div),
  Pow: binary(tf.pow),
  Max: binary(tf.maximum),
  Min: binary(tf.minimum),
  Equal: binary(tf.equal),
  Greater: binary(tf.greater),
  Less: binary(tf.less),
  GreaterOrEqual: binary(tf.greaterEqual),
  LessOrEqual: binary(tf.lessEqual),
  And: binary(tf.logicalAnd),
  Or: binary(tf.logicalOr),
  Where: where,
} satisfies { [K in OpName]?: Kernel<K> }
