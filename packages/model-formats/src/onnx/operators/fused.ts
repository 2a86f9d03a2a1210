import { fixedDim, type Ops, type Value } from '@saliency/core'
import { transposeConstant } from '../../constant/arrange.ts'
import { standardize } from '../../decompositions.ts'
import { unsupported } from '../../problems.ts'
import { isConstant, type Entry, type NodeCall, type OperatorImporter } from '../node-call.ts'
import { asHeads, fromHeads } from './attention.ts'
import { attend } from './attend.ts'
import { convolutionOperators } from './convolution.ts'
import { groupQueryAttention, rotaryEmbedding } from './fused-rotary.ts'
import { moveOperators } from './move.ts'
import { productOperators } from './product.ts'
import { resizeOperators } from './resize.ts'

const onnxMatMul = productOperators['MatMul'] as OperatorImporter

type Numbers = readonly (number | undefined)[]

/** What a fused layer ends in, with its numbers. */
const activations: Readonly<Record<string, (ops: Ops, x: Value, numbers: Numbers) => Value>> = {
  '': (_, x) => x,
  Relu: (ops, x) => ops.relu(x),
  Tanh: (ops, x) => ops.tanh(x),
  Sigmoid: (ops, x) => ops.sigmoid(x),
  Softplus: (ops, x) => ops.softplus(x),
  Softsign: (ops, x) => ops.softsign(x),
  HardSwish: (ops, x) => ops.hardSwish(x),
  LeakyRelu: (ops, x, [alpha = 0.01]) => ops.leakyRelu(x, alpha),
  Elu: (ops, x, [alpha = 1]) => ops.elu(x, alpha),
  HardSigmoid: (ops, x, [alpha = 0.2, beta = 0.5]) => ops.hardSigmoid(x, alpha, beta),
  Clip: (ops, x, [minimum = -Infinity, maximum = Infinity]) => ops.clip(x, minimum, maximum),
}

function activated({ ops, attributes }: NodeCall, x: Value): Value {
  const name = attributes.text('activation', '')
  const given = (end: string) =>
    attributes.has(`activation_${end}`) ? attributes.float(`activation_${end}`, 0) : undefined
  const apply = Object.hasOwn(activations, name) ? activations[name] : undefined
  if (!apply) throw unsupported(`the activation '${name}'`)
  return apply(ops, x, attributes.floats('activation_params') ?? [given('alpha'), given('beta')])
}

/** A layer of ONNX's own with an addition and an activation behind it. */
const ending =
  (layer: OperatorImporter): OperatorImporter =>
  (call) => {
    const [result] = layer(call) as [Value]
    return [
      activated(call, call.op === 'FusedConv' && call.has(3) ? call.ops.add(result, call.value(3)) : result),
    ]
  }

/** Where each axis of an operand lies: its first one behind the batch's where asked, then its last two exchanged. */
function order(rank: number, isFirstInside: boolean, isTurned: boolean): readonly number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  const inside = isFirstInside ? [...axes.slice(1, -1), 0, rank - 1] : axes
  return isTurned ? [...inside.slice(0, -2), ...inside.slice(-2).toReversed()] : inside
}

/** alpha · A · B of operands whose axes are exchanged. */
const matMul: OperatorImporter = (call) => {
  const { ops, attributes } = call
  const operands = ['A', 'B'].map((name, index): Entry => {
    const [isFirstInside = false, isTurned = false] = [`transBatch${name}`, `trans${name}`].map(
      (attribute) => attributes.integer(attribute, 0) !== 0,
    )
    const entry = call.inputs[index] as Entry
    if (!isFirstInside && !isTurned) return entry
    const perm = order(entry.shape.length, isFirstInside, isTurned)
    return isConstant(entry) ? transposeConstant(entry, perm) : ops.transpose(entry, perm)
  })
  const [result] = onnxMatMul(call.withInputs(operands)) as [Value]
  return [ops.mul(result, attributes.float('alpha', 1))]
}

/** A GELU behind an optional bias. */
const gelu =
  (approximate: 'none' | 'tanh'): OperatorImporter =>
  (call) => [
    call.ops.gelu(call.has(1) ? call.ops.add(call.value(0), call.value(1)) : call.value(0), approximate),
  ]

/** A normalisation of tokens behind a sum; its fourth output is that sum. */
const skipNormalization =
  (bias: number, normal: (call: NodeCall, sum: Value) => Value): OperatorImporter =>
  (call) => {
    const { ops } = call
    const skipped = ops.add(call.value(0), call.value(1))
    const sum = call.has(bias) ? ops.add(skipped, call.value(bias)) : skipped
    const scaled = ops.mul(
      normal(call, sum),
      call.parameter(2, { role: 'gamma', initializer: { name: 'ones' } }),
    )
    const result =
      bias === 4 && call.has(3)
        ? ops.add(scaled, call.parameter(3, { role: 'beta', initializer: { name: 'zeros' } }))
        : scaled
    // Nothing reads the statistics of training between them.
    return [result, undefined, undefined, sum] as readonly (Entry | undefined)[] as readonly Entry[]
  }

const lastAxis = ({ shape }: Value) => [shape.length - 1]
const layerNormal = ({ ops, attributes }: NodeCall, x: Value) =>
  standardize(ops, x, lastAxis(x), attributes.float('epsilon', 1e-12))
const rootNormal = ({ ops, attributes }: NodeCall, x: Value) => {
  const mean = ops.reduceMean(ops.mul(x, x), { axes: lastAxis(x) })
  return ops.div(x, ops.sqrt(ops.add(mean, attributes.float('epsilon', 1e-12))))
}

/** Part of the last axis. */
function part({ ops }: NodeCall, x: Value, start: number, length: number): Value {
  return ops.slice(x, { axes: lastAxis(x), starts: [start], ends: [start + length] })
}

interface Projected {
  readonly parts: readonly [query: Value, key: Value, value: Value]
  readonly mask: Value | undefined
}

/** Attention of queries, keys and values `[n, tokens, features]`, or of heads where a file has made them. */
function overHeads(call: NodeCall, { parts, mask }: Projected): Value {
  const { attributes } = call
  const heads = attributes.integer('num_heads', 1)
  const [query, key, value] = parts.map((x) => (x.shape.length === 4 ? x : asHeads(call, x, heads))) as [
    Value,
    Value,
    Value,
  ]
  const isCausal = attributes.integer('unidirectional', 0) !== 0
  const scale = attributes.float('scale', 0) || undefined
  return fromHeads(call, attend(call.ops, { query, key, value, scale, mask, isCausal }))
}

/** A dense layer for queries, keys and values together, and attention. */
const attention: OperatorImporter = (call) => {
  if (call.has(3)) throw unsupported('a mask of padded words')
  if (call.has(4) || call.outputCount > 1) throw unsupported('a cache of earlier tokens')
  const { ops, attributes } = call
  const weight = call.parameter(1, { role: 'kernel', initializer: call.initializers.kernel })
  const [fanIn, width] = weight.shape.map((dim) => fixedDim(dim, 'A size')) as [number, number]
  const product = ops.matMul(call.value(0), weight)
  const bias = call.initializers.bias(fanIn)
  const all = call.has(2) ? ops.add(product, call.parameter(2, { role: 'bias', initializer: bias })) : product
  const sizes = attributes.integers('qkv_hidden_sizes') ?? [width / 3, width / 3, width / 3]
  const [query = 0, key = 0, value = 0] = sizes
  const parts = [
    part(call, all, 0, query),
    part(call, all, query, key),
    part(call, all, query + key, value),
  ] as const
  return [overHeads(call, { parts, mask: call.has(5) ? call.value(5) : undefined })]
}

/** Attention of three values, each with its part of a bias. */
const multiHeadAttention: OperatorImporter = (call) => {
  if (call.has(4)) throw unsupported('a mask of padded words')
  if (call.has(6) || call.outputCount > 1) throw unsupported('a cache of earlier tokens')
  if (!call.has(1) || !call.has(2)) throw unsupported('queries, keys and values packed in one')
  let start = 0
  const parts = [0, 1, 2].map((index) => {
    const x = call.value(index)
    if (!call.has(3) || x.shape.length !== 3) return x
    const size = fixedDim(x.shape[2], 'A number of features')
    const biased = call.ops.add(x, part(call, call.value(3), start, size))
    start += size
    return biased
  }) as [Value, Value, Value]
  return [overHeads(call, { parts, mask: call.has(5) ? call.value(5) : undefined })]
}

const biasAdd: OperatorImporter = (call) => {
  const [first, ...others] = call.inputs.map((_, index) => call.value(index))
  return [others.reduce((sum, value) => call.ops.add(sum, value), first as Value)]
}

/** The first half of the last axis times the GELU of the second. */
const biasSplitGelu: OperatorImporter = (call) => {
  const { ops } = call
  const x = ops.add(call.value(0), call.value(1))
  const half = fixedDim(x.shape.at(-1), 'A number of features') / 2
  return [ops.mul(part(call, x, 0, half), ops.gelu(part(call, x, half, half)))]
}

const biasSoftmax: OperatorImporter = (call) => {
  const x = call.ops.add(call.value(0), call.value(1))
  const axis = call.attributes.integer('axis', 1)
  if (axis !== -1 && axis !== x.shape.length - 1) throw unsupported('a softmax over several axes')
  return [call.ops.softmax(x, x.shape.length - 1)]
}

/** Layers that ONNX Runtime's optimiser makes of several, taken apart again. */
export const fusedOperators: Readonly<Record<string, OperatorImporter>> = Object.fromEntries(
  Object.entries({
    FusedConv: ending(convolutionOperators['Conv'] as OperatorImporter),
    FusedGemm: ending(productOperators['Gemm'] as OperatorImporter),
    FusedMatMul: matMul,
    TransposeMatMul: matMul,
    FusedMatMulActivation: ending(matMul),
    Gelu: gelu('none'),
    BiasGelu: gelu('none'),
    FastGelu: gelu('tanh'),
    QuickGelu: ({ ops, value, attributes }: NodeCall) => [
      ops.swish(value(0), attributes.float('alpha', 1.702)),
    ],
    SkipLayerNormalization: skipNormalization(4, layerNormal),
    SkipSimplifiedLayerNormalization: skipNormalization(3, rootNormal),
    Attention: attention,
    MultiHeadAttention: multiHeadAttention,
    BiasAdd: biasAdd,
    BiasSplitGelu: biasSplitGelu,
    BiasSoftmax: biasSoftmax,
    RotaryEmbedding: rotaryEmbedding,
    GroupQueryAttention: groupQueryAttention,
    Trilu: moveOperators['Trilu'] as OperatorImporter,
    Pad: resizeOperators['Pad'] as OperatorImporter,
  }).map(([name, importer]) => [`com.microsoft.${name}`, importer]),
)
