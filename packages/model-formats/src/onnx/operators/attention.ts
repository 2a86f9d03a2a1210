import { fixedDim, type Dim, type Value } from '@saliency/core'
import { gatherConstant } from '../../constant/arrange.ts'
import { constantFloats, numbersIn } from '../../constant/constant-tensor.ts'
import { invalid, unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { attend } from './attend.ts'

/** `[n, tokens, heads · size]` → `[n, heads, tokens, size]`. */
export function asHeads(call: NodeCall, x: Value, heads: number): Value {
  const [batch, tokens, features] = x.shape as readonly [Dim, Dim, Dim]
  const size = fixedDim(features, 'A number of features') / heads
  if (!Number.isInteger(size))
    throw invalid(`'${call.name}' splits ${features} features into ${heads} heads.`)
  return call.ops.transpose(call.reshaped(x, [batch, tokens, heads, size]), [0, 2, 1, 3])
}

/** `[n, heads, tokens, size]` → `[n, tokens, heads · size]`. */
export function fromHeads(call: NodeCall, x: Value): Value {
  const [batch, heads, tokens, size] = x.shape as readonly [Dim, number, Dim, number]
  return call.reshaped(call.ops.transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * size])
}

/** Keys or values of a few heads for all heads of the query, which share them in groups. */
export function sharedHeads(call: NodeCall, x: Value, heads: number): Value {
  const own = fixedDim(x.shape[1], 'A number of heads')
  if (own === heads) return x
  if (heads % own !== 0) throw invalid(`'${call.name}' shares ${own} heads among ${heads}.`)
  const indices = Array.from({ length: heads }, (_, head) => Math.floor(head / (heads / own)))
  return call.ops.gather(x, 1, indices)
}

/** A file for one image may leave out the tokens' cache, the scores and the lengths, and does. */
const attention: OperatorImporter = (call) => {
  const { attributes, ops } = call
  if (call.has(4) || call.has(5) || call.has(6)) throw unsupported('a cache of earlier tokens')
  if (call.outputCount > 1) throw unsupported('its further outputs, the cache and the scores')
  const [query, key, value] = [0, 1, 2].map((index) => call.value(index)) as [Value, Value, Value]
  const isFlat = query.shape.length === 3
  const heads = isFlat ? attributes.integer('q_num_heads', 1) : fixedDim(query.shape[1], 'A number of heads')
  const own = (x: Value) =>
    sharedHeads(call, isFlat ? asHeads(call, x, attributes.integer('kv_num_heads', heads)) : x, heads)
  const result = attend(ops, {
    query: isFlat ? asHeads(call, query, heads) : query,
    key: own(key),
    value: own(value),
    scale: attributes.has('scale') ? attributes.float('scale', 1) : undefined,
    mask: call.has(3) ? call.value(3) : undefined,
    isCausal: attributes.integer('is_causal', 0) !== 0,
    softcap: attributes.float('softcap', 0),
  })
  return [isFlat ? fromHeads(call, result) : result]
}

/** Cosines or sines of each token's place, `[1, tokens, 1, size / 2]`; the same for every image. */
function turns(call: NodeCall, index: number, x: Value): Value {
  const table = call.constant(index)
  const { data, shape } = call.has(3) ? gatherConstant(table, call.constant(3), 0) : table
  const [tokens = 1, half = 1] = shape.slice(-2)
  const count = tokens * half
  const numbers = numbersIn(data)
  if (Array.prototype.some.call(numbers, (item, at) => item !== numbers[at % count]))
    throw unsupported('places that differ from image to image')
  if (tokens !== x.shape[1])
    throw invalid(`'${call.name}' turns ${String(x.shape[1])} tokens by ${tokens} angles.`)
  const first = constantFloats(
    Float32Array.from({ length: count }, (_, at) => numbers[at] as number),
    [1, tokens, 1, half],
  )
  return call.withInputs([first]).value(0)
}

/** How heads are turned. */
export interface Turning {
  /** Features of a head that are turned; all where it is 0. */
  readonly count: number
  /** Whether a pair's features stand side by side; else half a head lies between them. */
  readonly isInterleaved: boolean
}

/**
 * Pairs of features of `[n, heads, tokens, size]` turned by an angle that grows with the token's place (Su et al. 2021,
 * equation 34). Inputs 1 and 2 of the call are tables of cosines and sines, 3 the tokens' places in them.
 */
export function turnHeads(call: NodeCall, given: Value, { count, isInterleaved }: Turning): Value {
  const { ops } = call
  const x = ops.transpose(given, [0, 2, 1, 3])
  const size = fixedDim(x.shape[3], "A head's size")
  const turned = count || size
  const cut = (start: number, end: number, step = 1) =>
    ops.slice(x, { axes: [3], starts: [start], ends: [end], steps: [step] })
  const [one, other] = isInterleaved
    ? [cut(0, turned, 2), cut(1, turned, 2)]
    : [cut(0, turned / 2), cut(turned / 2, turned)]
  const [cosine, sine] = [turns(call, 1, x), turns(call, 2, x)]
  const halves = [
    ops.sub(ops.mul(one, cosine), ops.mul(other, sine)),
    ops.add(ops.mul(one, sine), ops.mul(other, cosine)),
  ]
  const joined = ops.concat(halves, 3)
  const half = turned / 2
  const rotated = isInterleaved
    ? ops.gather(
        joined,
        3,
        Array.from({ length: turned }, (_, index) => Math.floor(index / 2) + (index % 2) * half),
      )
    : joined
  const whole = turned === size ? rotated : ops.concat([rotated, cut(turned, size)], 3)
  return ops.transpose(whole, [0, 2, 1, 3])
}

/** Heads turned, of tokens or of heads; `heads` is how many the first have. */
export function turnTokens(call: NodeCall, heads: number): Value {
  const { attributes } = call
  const given = call.value(0)
  const turning = {
    count: attributes.integer('rotary_embedding_dim', 0),
    isInterleaved: attributes.integer('interleaved', 0) !== 0,
  }
  return given.shape.length === 3
    ? fromHeads(call, turnHeads(call, asHeads(call, given, heads), turning))
    : turnHeads(call, given, turning)
}

const rotaryEmbedding: OperatorImporter = (call) => [
  turnTokens(call, call.attributes.integer('num_heads', 1)),
]

/** Attention as one operator. */
export const attentionOperators: Readonly<Record<string, OperatorImporter>> = {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
}
