import { SaliencyError } from '../errors.ts'
import type { Ops } from '../graph/ops.ts'
import type { Node, Value } from '../graph/value.ts'
import { foldBatchNorm, type LayerWeights } from '../passes/merged-batch-norms.ts'
import { addedBias } from '../passes/merged-biases.ts'
import { batchNormAffine } from './batch-norm.ts'
import { convInputGradient } from './conv-gradient.ts'
import type { Linear, LinearOp, Modify } from './site.ts'
import type { MergedLayer, WeightedNode } from './weighted-layer.ts'

/** A linear operator taken apart: how it applies to data with given weights and bias, and how its transpose does. */
interface Form {
  readonly weight?: Value
  readonly bias?: Value
  apply(inputs: readonly Value[], weight: Value | undefined, bias: Value | undefined): Value
  transpose(signal: Value, weight: Value | undefined): readonly Value[]
}

/** What the form of one operator is made from; `inputs` are the data inputs. */
interface Parts {
  readonly ops: Ops
  readonly node: Node
  readonly inputs: readonly Value[]
  /** The operator's own vector–Jacobian product, without what is merged into it. */
  readonly vjp: (signal: Value) => readonly Value[]
  /** What of the operators behind a layer counts as part of it. */
  readonly merged?: MergedLayer
}

/** The weights of a layer, with the bias and the batch norm that are merged into it. */
function weightsOf({ ops, node, merged }: Parts): LayerWeights {
  const bias = node.inputs[2] ?? (merged && addedBias(ops, merged))
  const own = { weight: node.inputs[1] as Value, ...(bias && { bias }) }
  return merged?.norm ? foldBatchNorm(ops, merged.norm, node as WeightedNode, own) : own
}

function convForm(parts: Parts): Form {
  const { ops, node, inputs } = parts
  const { attributes } = node as Node<'Conv'>
  const { shape } = inputs[0] as Value
  return {
    ...weightsOf(parts),
    apply: ([x], w, b) => ops.conv(x as Value, w as Value, b, attributes),
    transpose: (signal, w) => [convInputGradient(ops, signal, w as Value, attributes, shape)],
  }
}

function convTransposeForm(parts: Parts): Form {
  const { ops, node } = parts
  const { attributes } = node as Node<'ConvTranspose'>
  const { strides, pads, dilations, group } = attributes
  return {
    ...weightsOf(parts),
    apply: ([x], w, b) => ops.convTranspose(x as Value, w as Value, b, attributes),
    transpose: (signal, w) => [ops.conv(signal, w as Value, undefined, { strides, pads, dilations, group })],
  }
}

function gemmForm(parts: Parts): Form {
  const { ops, node } = parts
  const { transB } = (node as Node<'Gemm'>).attributes
  return {
    ...weightsOf(parts),
    apply: ([x], w, b) => ops.gemm(x as Value, w as Value, b, { transB }),
    transpose: (signal, w) => [ops.gemm(signal, w as Value, undefined, { transB: !transB })],
  }
}

function matMulForm(parts: Parts): Form {
  const { ops, node, inputs, vjp } = parts
  const [a, b] = node.inputs as [Value, Value]
  if (inputs.length > 1) throw notLinear(node, 'it multiplies two signals')
  const isLeft = inputs[0] === a
  const own = isLeft ? b : a
  return {
    ...(isLeft ? weightsOf(parts) : { weight: own }),
    apply([x], w, shift) {
      const product = isLeft ? ops.matMul(x as Value, w as Value) : ops.matMul(w as Value, x as Value)
      return shift ? ops.add(product, shift) : product
    },
    transpose(signal, w) {
      if (w === own) return vjp(signal)
      const axes = (w as Value).shape.map((_, axis) => axis)
      const turned = ops.transpose(w as Value, [...axes.slice(0, -2), ...axes.slice(-2).toReversed()])
      return [isLeft ? ops.matMul(signal, turned) : ops.matMul(turned, signal)]
    },
  }
}

/** Sums and differences: a parameter operand is the bias. */
function sumForm({ ops, node, inputs, vjp }: Parts): Form {
  const [a, b] = node.inputs as [Value, Value]
  const isDifference = node.op === 'Sub'
  if (inputs.length === 2) {
    const combine = isDifference ? ops.sub : ops.add
    return { apply: ([x, y]) => combine(x as Value, y as Value), transpose: vjp }
  }
  const isLeft = inputs[0] === a
  const bias = isLeft ? (isDifference ? ops.neg(b) : b) : a
  return {
    bias,
    apply([x], _, shift) {
      const signed = !isLeft && isDifference ? ops.neg(x as Value) : (x as Value)
      return shift ? ops.add(signed, shift) : signed
    },
    transpose: vjp,
  }
}

function batchNormForm({ ops, node, inputs }: Parts): Form {
  const { scale, shift } = batchNormAffine(ops, node as Node<'BatchNormalization'>)
  const data = inputs[0] as Value
  return {
    weight: ops.perChannel(scale, data),
    bias: ops.perChannel(shift, data),
    apply([x], w, b) {
      const product = ops.mul(x as Value, w as Value)
      return b ? ops.add(product, b) : product
    },
    transpose: (signal, w) => [ops.mul(signal, w as Value)],
  }
}

function notLinear(node: Node, why: string): SaliencyError {
  const place = node.layer === undefined ? '' : ` in layer '${node.layer}'`
  return new SaliencyError(
    'UNSUPPORTED_OPERATOR',
    `${node.op}${place} is not linear in its inputs: ${why}. Give it a rule of its own.`,
  )
}

const forms: { readonly [K in LinearOp]: (parts: Parts) => Form } = {
  Conv: convForm,
  ConvTranspose: convTransposeForm,
  Gemm: gemmForm,
  MatMul: matMulForm,
  Add: sumForm,
  Sub: sumForm,
  BatchNormalization: batchNormForm,
  AveragePool: ({ ops, node, vjp }) => ({
    apply: ([x]) => ops.averagePool(x as Value, (node as Node<'AveragePool'>).attributes),
    transpose: vjp,
  }),
  GlobalAveragePool: ({ ops, vjp }) => ({
    apply: ([x]) => ops.globalAveragePool(x as Value),
    transpose: vjp,
  }),
  ReduceMean: ({ ops, node, vjp }) => ({
    apply: ([x]) => ops.reduceMean(x as Value, (node as Node<'ReduceMean'>).attributes),
    transpose: vjp,
  }),
  Concat: ({ ops, node, vjp }) => ({
    apply: (inputs) => ops.concat(inputs, (node as Node<'Concat'>).attributes.axis),
    transpose: vjp,
  }),
}

function isLinearOp(op: string): op is LinearOp {
  return op in forms
}

/** The last form of each node: with what is merged into it, it is the same in every walk. */
const knownForms = new WeakMap<Node, { readonly merged: MergedLayer | undefined; readonly form: Form }>()

function formOf(parts: Parts): Form {
  const { node, merged } = parts
  const known = knownForms.get(node)
  if (known && known.merged?.norm === merged?.norm && known.merged?.bias === merged?.bias) return known.form
  const makeForm = isLinearOp(node.op) && forms[node.op]
  if (!makeForm) throw notLinear(node, 'its output is no weighted sum of them')
  const form = makeForm(parts)
  knownForms.set(node, { merged, form })
  return form
}

/** Applies a linear operator with changed inputs, weights or bias; what is unchanged is not computed again. */
export function linear(parts: Parts & { output: Value }, modify: Modify = {}): Linear {
  const { ops, node } = parts
  const form = formOf(parts)
  const inputs = parts.inputs.map((value) => modify.input?.(value) ?? value)
  const weight = form.weight && (modify.weight?.(form.weight) ?? form.weight)
  const bias = form.bias && (modify.bias ? modify.bias(form.bias) : form.bias)
  const isSame =
    weight === form.weight &&
    bias === form.bias &&
    inputs.every((value, index) => value === parts.inputs[index])
  const isLayer = node.op === 'Conv' || node.op === 'ConvTranspose' || node.op === 'Gemm'
  return {
    inputs,
    ...(bias && { bias: isLayer ? ops.perChannel(bias, parts.output) : bias }),
    output: isSame ? parts.output : form.apply(inputs, weight, bias),
    transpose: (signal) => form.transpose(signal, weight),
  }
}
