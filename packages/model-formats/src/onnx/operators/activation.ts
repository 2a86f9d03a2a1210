import type { Ops, Value } from '@saliency/core'
import { dataTypes } from '@saliency/onnx-proto'
import { selu } from '../../decompositions.ts'
import { unsupported } from '../../problems.ts'
import { isConstant, type Entry, type NodeCall, type OperatorImporter } from '../node-call.ts'
import { castConstant, isFloatType } from '../shape-arguments.ts'

const plain =
  (apply: (ops: Ops, x: Value) => Value): OperatorImporter =>
  (call) => [apply(call.ops, call.value(0))]

/** An activation with one number, an attribute of the node. */
const withNumber =
  (
    attribute: string,
    standard: number,
    apply: (ops: Ops, x: Value, number: number) => Value,
  ): OperatorImporter =>
  (call) => [apply(call.ops, call.value(0), call.attributes.float(attribute, standard))]

/** A bound of Clip: an attribute before operator set 11, an input since; either may be left out. */
function bound(call: NodeCall, index: number, name: string, open: number): number {
  if (call.has(index)) return Number(call.constant(index).data[0] ?? open)
  return call.attributes.float(name, open)
}

const clip: OperatorImporter = (call) => {
  const [minimum, maximum] = [bound(call, 1, 'min', -Infinity), bound(call, 2, 'max', Infinity)]
  // The lowest and highest floats are how old files write "no bound".
  const isOpen = maximum > 3.4e38
  const x = call.value(0)
  if (minimum < -3.4e38 && isOpen) return [x]
  return [minimum === 0 && isOpen ? call.ops.relu(x) : call.ops.clip(x, minimum, isOpen ? Infinity : maximum)]
}

/** gamma · (x where positive, else alpha · (eˣ − 1)) */
const seluOperator: OperatorImporter = (call) => {
  const alpha = call.attributes.float('alpha', selu.alpha)
  return [call.ops.selu(call.value(0), alpha, call.attributes.float('gamma', selu.gamma))]
}

const hardSigmoid: OperatorImporter = (call) => {
  const [alpha, beta] = [call.attributes.float('alpha', 0.2), call.attributes.float('beta', 0.5)]
  return [call.ops.hardSigmoid(call.value(0), alpha, beta)]
}

/** max(0, x) + min(0, alpha · (e^(x/alpha) − 1)) */
const celu = withNumber('alpha', 1, (ops, x, alpha) => ops.mul(ops.elu(ops.div(x, alpha), 1), alpha))

const pRelu: OperatorImporter = (call) => {
  const slope = call.inputs[1]
  if (!slope || !isConstant(slope)) throw unsupported('its slope is computed from the image')
  return [call.ops.pRelu(call.value(0), call.parameter(1, { role: 'slope' }))]
}

const geluOperator: OperatorImporter = (call) => {
  const isByTanh = call.attributes.text('approximate', 'none') === 'tanh'
  return [call.ops.gelu(call.value(0), isByTanh ? 'tanh' : 'none')]
}

/** x − bias above lambd, x + bias below −lambd, 0 between. */
const shrink: OperatorImporter = (call) => {
  const { ops, attributes } = call
  const x = call.value(0)
  const [threshold, bias] = [attributes.float('lambd', 0.5), attributes.float('bias', 0)]
  const below = ops.where(ops.less(x, -threshold), ops.add(x, bias), 0)
  return [ops.where(ops.greater(x, threshold), ops.sub(x, bias), below)]
}

const same: OperatorImporter = ({ inputs }) => [inputs[0] as Entry]

/** Whether values are not 0; truth values stay what they are. */
const asTruth = (ops: Ops, x: Value) => (x.dtype === 'bool' ? x : ops.not(ops.equal(x, 0)))

/** Floats stay the floats they are; the graph knows only one width. */
const cast: OperatorImporter = (call) => {
  const to = call.attributes.integer('to', 1)
  const x = call.value(0)
  if (isFloatType(to)) return [call.ops.cast(x, 'float32')]
  if (to === dataTypes.bool) return [asTruth(call.ops, x)]
  throw unsupported(`a cast of image values to the element type ${to}`)
}

/** The element type of another value, which an exporter that does not fold constants asks for. */
const castLike: OperatorImporter = (call) => {
  const [given, model] = call.inputs as readonly [Entry, Entry]
  const isFloat = isConstant(model) ? model.type === 'float' : model.dtype === 'float32'
  const isTruth = isConstant(model) ? model.type === 'boolean' : model.dtype === 'bool'
  if (isConstant(given))
    return [castConstant(given, isFloat ? dataTypes.float32 : isTruth ? dataTypes.bool : dataTypes.int64)]
  if (isFloat) return [call.ops.cast(given, 'float32')]
  if (isTruth) return [asTruth(call.ops, given)]
  throw unsupported('a cast of image values to what are no floats')
}

/** The training_mode input of newer Dropouts must be false, which it is when absent. */
const dropout: OperatorImporter = (call) => {
  if (call.has(2) && Number(call.constant(2).data[0]) !== 0)
    throw unsupported('it is exported in training mode; call model.eval() before the export')
  return same(call)
}

/** Activations, and operators that inference leaves out. */
export const activationOperators: Readonly<Record<string, OperatorImporter>> = {
  Relu: plain((ops, x) => ops.relu(x)),
  LeakyRelu: withNumber('alpha', 0.01, (ops, x, alpha) => ops.leakyRelu(x, alpha)),
  PRelu: pRelu,
  Elu: withNumber('alpha', 1, (ops, x, alpha) => ops.elu(x, alpha)),
  Celu: celu,
  Selu: seluOperator,
  ThresholdedRelu: withNumber('alpha', 1, (ops, x, alpha) => ops.where(ops.greater(x, alpha), x, 0)),
  Clip: clip,
  Sigmoid: plain((ops, x) => ops.sigmoid(x)),
  HardSigmoid: hardSigmoid,
  HardSwish: plain((ops, x) => ops.hardSwish(x)),
  Mish: plain((ops, x) => ops.mish(x)),
  Gelu: geluOperator,
  Swish: withNumber('alpha', 1, (ops, x, alpha) => ops.swish(x, alpha)),
  Shrink: shrink,
  Tanh: plain((ops, x) => ops.tanh(x)),
  Softplus: plain((ops, x) => ops.softplus(x)),
  Softsign: plain((ops, x) => ops.softsign(x)),
  Erf: plain((ops, x) => ops.erf(x)),
  Sin: plain((ops, x) => ops.sin(x)),
  Cos: plain((ops, x) => ops.cos(x)),
  Exp: plain((ops, x) => ops.exp(x)),
  Log: plain((ops, x) => ops.log(x)),
  Sqrt: plain((ops, x) => ops.sqrt(x)),
  Reciprocal: plain((ops, x) => ops.reciprocal(x)),
  Neg: plain((ops, x) => ops.neg(x)),
  Abs: plain((ops, x) => ops.abs(x)),
  Sign: plain((ops, x) => ops.sign(x)),
  Cast: cast,
  CastLike: castLike,
  Identity: same,
  Dropout: dropout,
}
