import { fixedDim, type Value } from '@saliency/core'
import { constantLike, numbersIn, type ConstantTensor } from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import type { Entry, NodeCall, OperatorImporter } from '../node-call.ts'
import { attend } from './attend.ts'
import { asHeads, fromHeads, sharedHeads, turnHeads, turnTokens } from './attention.ts'

const tokensOf = (x: Value) => fixedDim(x.shape.at(-2), 'A number of tokens')

/** Places `start`, `start + 1`, … of `count` tokens. */
const placesFrom = (table: ConstantTensor, start: number, count: number): ConstantTensor => ({
  ...constantLike(
    table,
    Array.from({ length: count }, (_, token) => start + token),
    [1, count],
  ),
  type: 'integer',
})

/** ONNX's own operator with its inputs in another order, and one place that stands for all. */
export const rotaryEmbedding: OperatorImporter = (call) => {
  const { attributes } = call
  if (attributes.float('scale', 1) !== 1) throw unsupported('a scale of its angles')
  const [x, given, cosines, sines] = [call.value(0), call.constant(1), call.constant(2), call.constant(3)]
  const [start = 0, ...more] = Array.from(numbersIn(given.data))
  const tokens = tokensOf(x)
  const places = more.length === 0 ? placesFrom(cosines, start, tokens) : given
  // Without a number of heads, a head is as wide as the table's angles reach.
  const width = 2 * (cosines.shape[1] ?? 1)
  const heads = attributes.integer('num_heads', 0) || fixedDim(x.shape.at(-1), 'A number of features') / width
  return [turnTokens(call.withInputs([x, cosines, sines, places]), heads)]
}

/** What a generator of text needs beyond a classifier of images: earlier tokens, windows and sinks. */
function refuseGeneration(call: NodeCall, tokens: number): void {
  const { attributes } = call
  if (call.has(3) || call.has(4)) throw unsupported('a cache of earlier tokens')
  if (call.has(10)) throw unsupported('a bias of the scores')
  if (attributes.integer('local_window_size', -1) >= 0) throw unsupported('a window of the tokens in front')
  if (call.has(11) || attributes.integer('smooth_softmax', 0) > 0) throw unsupported('a softmax with a sink')
  if (Array.from(numbersIn(call.constant(5).data)).some((last) => last !== tokens - 1))
    throw unsupported('images with fewer tokens than others')
}

/** Queries, keys and values: three inputs, or parts of one. */
function projections(call: NodeCall, heads: number, own: number): readonly [Value, Value, Value] {
  if (call.has(1)) return [call.value(0), call.value(1), call.value(2)]
  const packed = call.value(0)
  const size = fixedDim(packed.shape[2], 'A number of features') / (heads + 2 * own)
  const cut = (start: number, count: number) =>
    call.ops.slice(packed, { axes: [2], starts: [start * size], ends: [(start + count) * size] })
  return [cut(0, heads), cut(heads, own), cut(heads + own, own)]
}

/** Causal attention of which groups of heads share keys and values (Ainslie et al. 2023), with heads turned where asked. */
export const groupQueryAttention: OperatorImporter = (call): readonly Entry[] => {
  const { attributes, ops } = call
  const [heads, own] = [attributes.integer('num_heads', 1), attributes.integer('kv_num_heads', 1)]
  const [query, key, value] = projections(call, heads, own)
  const tokens = tokensOf(query)
  refuseGeneration(call, tokens)
  const turned = (x: Value): Value => {
    if (attributes.integer('do_rotary', 0) === 0) return x
    const [cosines, sines] = [call.constant(7), call.constant(8)]
    const places = call.has(9) ? call.constant(9) : placesFrom(cosines, 0, tokens)
    return turnHeads(call.withInputs([x, cosines, sines, places]), x, {
      count: 2 * (cosines.shape[1] ?? 0),
      isInterleaved: attributes.integer('rotary_interleaved', 0) !== 0,
    })
  }
  const [keys, values] = [turned(asHeads(call, key, own)), asHeads(call, value, own)]
  const result = attend(ops, {
    query: turned(asHeads(call, query, heads)),
    key: sharedHeads(call, keys, heads),
    value: sharedHeads(call, values, heads),
    scale: attributes.float('scale', 0) || undefined,
    softcap: attributes.float('softcap', 0),
    isCausal: true,
  })
  return [fromHeads(call, result), keys, values]
}
