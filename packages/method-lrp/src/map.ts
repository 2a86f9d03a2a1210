import { SaliencyError, type LinearSite, type Value } from '@saliency/core'
import { type LrpContext, propagateRelevance } from './explain.ts'
import { treatments } from './operators.ts'
import { factorOf } from './stabilize.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * Relevance at the first layer's output, summed over channels, `[n, 1, h, w]`: where patches have become tokens.
 * @throws UNSUPPORTED_OPERATOR where that layer returns no rows and columns.
 */
export function atTokens(context: LrpContext, vocabulary: Vocabulary): Value {
  const { model, ops } = context
  const { firstLinear } = model
  const isFirst = ({ op, layer }: LinearSite['node']) =>
    layer === firstLinear.name && treatments[op] === 'kernel'
  let arriving: Value | undefined
  propagateRelevance(context, vocabulary, {
    shares() {},
    operator({ node, signal }) {
      if (isFirst(node)) arriving = signal
    },
  })
  if (!firstLinear.maps || !arriving) {
    throw new SaliencyError(
      'UNSUPPORTED_OPERATOR',
      `lrp: the first layer of ${model.name}, '${firstLinear.name}', returns no rows and columns, so there is no map of tokens. Use 'lrp', whose maps are at the image.`,
    )
  }
  return ops.reduceSum(firstLinear.maps.of(arriving), { axes: [1] })
}

/** The c of R = image ⊙ c. */
function gradientOf({ model, options }: LrpContext, relevance: Value): Value {
  const gradient = relevance.sign === 'zero' ? relevance : factorOf(relevance, model.image)
  if (gradient) return gradient
  throw new SaliencyError(
    'INVALID_OPTION',
    `lrp: 'shows=gradient' needs rules that make relevance the image times a gradient; '${options.composite}' with rules '${options.rules}' and epsilon ${options.epsilon} does not. Use epsilon=0 with 'cp-lrp' or 'attn-lrp', or shows=relevance.`,
  )
}

/** Relevance at the image, `[n, c, h, w]`, or its gradient there, as the option `shows` asks. */
export function atImage(context: LrpContext, vocabulary: Vocabulary): Value {
  const { model, ops, options } = context
  const relevance = propagateRelevance(context, vocabulary).at(model.image)
  const map = options.shows === 'gradient' ? gradientOf(context, relevance) : relevance
  return options.channels === 'summed' ? ops.reduceSum(map, { axes: [1] }) : map
}
