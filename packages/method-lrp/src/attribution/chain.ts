import { SaliencyError, type ExplainContext, type Value } from '@saliency/core'
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

/**
 * The attentions of a model whose blocks all attend to the same grid of tokens.
 * @throws UNSUPPORTED_MODEL naming the layer that does not, INVALID_OPTION where no block is left
 */
export function chainOf({ model, ops, options }: ExplainContext<typeof attributionOptions>): Chain {
  const { tokens, attentions, unrecognisedAttentions } = model
  const refuse = (problem: string): never => {
    throw new SaliencyError(
      'UNSUPPORTED_MODEL',
      `transformer-attribution: ${model.name} ${problem}; explain it with 'lrp' or gradients instead.`,
    )
  }
  const [unknown] = unrecognisedAttentions
  if (unknown)
    refuse(
      `multiplies two signals in layer '${unknown.layer}', which is no known attention: ${unknown.reason}`,
    )
  if (!tokens || attentions.length === 0) return refuse('has no attention over a grid of tokens')
  const { count, read } = tokens
  for (const { layer, probabilities, windows } of attentions) {
    const [, , queries, keys] = probabilities.shape
    if (windows || queries !== count || keys !== count)
      refuse(
        `does not attend from all ${count} tokens to all of them in layer '${layer}', so its blocks do not chain`,
      )
  }
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
