import type { Attention, Model, Tokens, Value } from '@saliency/core'
import type { Block } from './formulas/site.ts'

/** Blocks whose attentions are all over the same tokens, and what those are. */
export interface Chain {
  readonly blocks: readonly [Block, ...Block[]]
  readonly tokens: Tokens
}

/** Why the attention of one layer cannot stand in a product over blocks; undefined where it can. */
function whyApart(attention: Attention, last: Attention, { count }: Tokens): string | undefined {
  const { layer, probabilities, windows, blockOutput } = attention
  const [, , queries, keys] = probabilities.shape
  if (windows)
    return `layer '${layer}' attends inside of ${windows.count} windows of ${windows.tokens} tokens, and products of windows have no meaning`
  if (queries !== keys)
    return `layer '${layer}' has ${queries} queries for ${keys} keys (class attention, or a pool), so that its blocks do not chain`
  if (keys !== count)
    return `layer '${layer}' attends to ${keys} tokens, but ${count} are there at the end, so that its blocks do not chain`
  if (blockOutput.shape.join() !== last.blockOutput.shape.join())
    return `the block of layer '${layer}' ends in [${blockOutput.shape.join(', ')}], but the last in [${last.blockOutput.shape.join(', ')}]`
  return undefined
}

/** A stream of tokens as `[n, t, d]`, whatever order the network keeps its axes in: `[t, n, d]`, or feature maps. */
function asTokens({ graph: { ops }, image, layers }: Model, value: Value, { axis, count }: Tokens): Value {
  const [n = 'n'] = image.shape
  const maps = layers.find(({ output }) => output === value)?.maps
  if (value.shape.length !== 3 && maps)
    return ops.transpose(ops.reshape(maps.of(value), [n, maps.shape[1], count]), [0, 2, 1])
  const batch = value.shape.indexOf(n)
  return ops.transpose(value, [batch, axis, 3 - batch - axis])
}

/** Why a model's blocks are no chain, as the end of a sentence; undefined where they are. */
export function whyNoChain({ attentions, unrecognisedAttentions, tokens }: Model): string | undefined {
  const [unknown] = unrecognisedAttentions
  const last = attentions.at(-1)
  if (unknown)
    return `layer '${unknown.layer}' multiplies two signals in a way that is no attention it knows: ${unknown.reason}`
  if (!last) return 'it has no attention over tokens'
  if (!tokens) return 'its tokens form no grid over the image'
  return attentions
    .map((attention) => whyApart(attention, last, tokens))
    .find((reason) => reason !== undefined)
}

/** The blocks of a model that has a chain of them. */
export function chainOf(model: Model): Chain {
  const tokens = model.tokens as Tokens
  const blocks = model.attentions.map(({ probabilities, scores, input, normed, blockOutput }): Block => {
    const [x, behindNorm] = [input, normed].map((value) => asTokens(model, value, tokens)) as [Value, Value]
    return { A: probabilities, S: scores, x, normed: behindNorm, end: blockOutput }
  })
  return { blocks: blocks as [Block, ...Block[]], tokens }
}
