import { SaliencyError, type ExplainContext, type Model, type Tokens, type Value } from '@saliency/core'
import type { attributionOptions } from './options.ts'

/** Attentions that can be multiplied, and how the product becomes a map. */
export interface Chain {
  /** Probabilities of the blocks that count, `[n, heads, t, t]`. */
  readonly attentions: readonly Value[]
  /** The mean of the identity's rows that the logits read, `[1, 1, t]`. */
  readonly start: Value
  /** Rows `[n, 1, t]` as a map `[n, 1, h, w]`: the prefix is dropped. */
  map(rows: Value): Value
}

/** Why a model's blocks cannot be multiplied, as the end of a sentence; undefined where all attend to one grid of tokens. */
export function whyNoChain({ tokens, attentions, unrecognisedAttentions }: Model): string | undefined {
  const [unknown] = unrecognisedAttentions
  if (unknown)
    return `layer '${unknown.layer}' multiplies two signals and is no known attention: ${unknown.reason}`
  if (!tokens || attentions.length === 0) return 'it has no attention over a grid of tokens'
  const apart = attentions.find(({ probabilities, windows }) => {
    const [, , queries, keys] = probabilities.shape
    return windows || queries !== tokens.count || keys !== tokens.count
  })
  return apart && `layer '${apart.layer}' does not attend from all ${tokens.count} tokens to all of them`
}

/**
 * The attentions of a model whose blocks all attend to the same grid of tokens.
 * @throws INVALID_OPTION where no block is left
 */
export function chainOf({ model, ops, options }: ExplainContext<typeof attributionOptions>): Chain {
  const { attentions } = model
  const tokens = model.tokens as Tokens
  const { count, read } = tokens
  if (options.from >= attentions.length) {
    throw new SaliencyError(
      'INVALID_OPTION',
      `transformer-attribution: option 'from' is ${options.from}, but ${model.name} has ${attentions.length} blocks: give 0 to ${attentions.length - 1}.`,
    )
  }
  const share = Array.from({ length: count }, (_, token) => (read.includes(token) ? 1 / read.length : 0))
  return {
    attentions: attentions.slice(options.from).map(({ probabilities }) => probabilities),
    start: ops.constant(share, [1, 1, count]),
    map: (rows) => tokens.map(rows),
  }
}
