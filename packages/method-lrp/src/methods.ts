import { transformerAttribution } from './attribution/attribution.ts'
import { lrp, lrpAtTokens } from './lrp.ts'

/** The package's methods: relevance at the image, at the tokens, and what Transformer Attribution makes of it. */
const methods: readonly [typeof lrp, typeof lrpAtTokens, typeof transformerAttribution] = [
  lrp,
  lrpAtTokens,
  transformerAttribution,
]
export default methods
