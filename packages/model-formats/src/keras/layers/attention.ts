import { fixedDim, type FloatTensor, type Value } from '@saliency/core'
import { attend } from '../../onnx/operators/attend.ts'
import { unsupported } from '../../problems.ts'
import { asSourceValue, inSourceOrder, type SourceValue } from '../../source-value.ts'
import { withShape } from '../../weights/permute.ts'
import type { LayerCall, LayerImporter } from '../layer-call.ts'
import type { LayerPart } from '../topology.ts'

/** A layer of an attention: Keras 3 writes `query_dense`, Keras 2 `_query_dense`. */
const part = (name: string, attribute: string): LayerPart => ({
  name,
  attributes: [`${attribute}_dense`, `_${attribute}_dense`],
})
const parts = {
  query: part('query', 'query'),
  key: part('key', 'key'),
  value: part('value', 'value'),
  output: part('attention_output', 'output'),
}

const count = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1)

/** Tokens `[n, t, …from]` times a kernel `[…from, …to]`, with the bias `[…to]` if the layer has one: `[n, t, Π to]`. */
function projected(
  call: LayerCall,
  tokens: Value,
  where: LayerPart,
  [from, to]: readonly [readonly number[], readonly number[]],
): Value {
  const flat =
    (...sizes: readonly number[]) =>
    (stored: FloatTensor) =>
      withShape(stored, sizes)
  const weight = call.parameter({
    weight: 'kernel',
    part: where,
    role: 'kernel',
    shape: [...from, ...to],
    arrange: flat(count(from), count(to)),
    initializer: 'kernel_initializer',
  })
  const product = call.ops.matMul(tokens, weight)
  if (!call.config.boolean('use_bias', true)) return product
  const bias = call.parameter({
    weight: 'bias',
    part: where,
    role: 'bias',
    shape: to,
    arrange: flat(count(to)),
    initializer: 'bias_initializer',
  })
  return call.ops.add(product, bias)
}

/** Queries, values and keys, each `[n, t, d]`; keys are the values where none are given. */
function tokensOf({ inputs, ops }: LayerCall): readonly [query: Value, value: Value, key: Value] {
  const [query, value, key = value] = inputs.map((input: SourceValue) => inSourceOrder(input, ops))
  if (!query || !value || !key) throw unsupported('it is called without queries or without values')
  const other = [query, value, key].find(({ shape }) => shape.length !== 3)
  if (other)
    throw unsupported(`it reads a value of rank ${other.shape.length}, not tokens [n, tokens, features]`)
  return [query, value, key]
}

const featuresOf = (tokens: Value) => fixedDim(tokens.shape[2], 'The number of features')

/** Attention over several heads, with a dense layer for queries, keys, values and the result (Vaswani et al. 2017, 3.2.2). */
const multiHeadAttention: LayerImporter = (call) => {
  const { config, ops, isCausal = false } = call
  const [query, value, key] = tokensOf(call)
  for (const said of ['dropout', 'query_shape', 'key_shape', 'value_shape', 'seed']) config.raw(said)
  const axes = config.has('attention_axes') ? config.numbers('attention_axes') : [1]
  if (axes.join() !== '1') throw unsupported(`attention over the axes ${axes.join(', ')}`)
  const [heads, size] = [config.number('num_heads'), config.number('key_dim')]
  const inner = config.number('value_dim', size)
  const outer = config.has('output_shape') ? config.numbers('output_shape') : [featuresOf(query)]
  const headsOf = (tokens: Value, where: LayerPart, width: number) => {
    const made = projected(call, tokens, where, [[featuresOf(tokens)], [heads, width]])
    return ops.transpose(ops.reshape(made, [...tokens.shape.slice(0, 2), heads, width]), [0, 2, 1, 3])
  }
  const attended = attend(ops, {
    query: headsOf(query, parts.query, size),
    key: headsOf(key, parts.key, size),
    value: headsOf(value, parts.value, inner),
    scale: 1 / Math.sqrt(size),
    isCausal,
  })
  const joined = ops.reshape(ops.transpose(attended, [0, 2, 1, 3]), [
    ...query.shape.slice(0, 2),
    heads * inner,
  ])
  if (outer.length !== 1) throw unsupported(`results of the shape [${outer.join(', ')}] for each token`)
  return asSourceValue(projected(call, joined, parts.output, [[heads, inner], outer]))
}

/** softmax(s · q · kᵀ) · v without weights but for the factor s, which is 1 where the layer has none. */
const attention: LayerImporter = (call) => {
  const { config, ops, isCausal = false } = call
  const [query, value, key] = tokensOf(call)
  config.raw('dropout')
  if (config.string('score_mode', 'dot') !== 'dot')
    throw unsupported('scores of concatenated queries and keys')
  const heads = (tokens: Value) => {
    const [batch = 'n', count_ = 1, features = 1] = tokens.shape
    return ops.reshape(tokens, [batch, 1, count_, features])
  }
  const scaled = config.boolean('use_scale', false)
    ? ops.mul(query, call.parameter({ weight: 'scale', role: 'other', shape: [] }))
    : query
  const attended = attend(ops, {
    query: heads(scaled),
    key: heads(key),
    value: heads(value),
    scale: 1,
    isCausal,
  })
  return asSourceValue(ops.reshape(attended, [...query.shape.slice(0, 2), featuresOf(value)]))
}

/** Attention over tokens. */
export const attentionLayers: Readonly<Record<string, LayerImporter>> = {
  MultiHeadAttention: multiHeadAttention,
  Attention: attention,
}
