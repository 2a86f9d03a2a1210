import { describeMethod, tinyNetworkNames, tinyTransformerNames } from '@saliency/testing'
import { lrp, lrpAtTokens, transformerAttribution } from '../src/index.ts'

describeMethod(lrp)
// A dense layer that reads the image returns no rows and columns.
describeMethod(lrpAtTokens, {
  refuses: { dot: 'UNSUPPORTED_OPERATOR', 'dense-only': 'UNSUPPORTED_OPERATOR' },
})
// Sums are divided by their totals, which may be near zero.
describeMethod(transformerAttribution, {
  networks: tinyTransformerNames,
  refuses: Object.fromEntries(tinyNetworkNames.map((name) => [name, 'UNSUPPORTED_MODEL'])),
  tolerance: 1e-3,
})
