import { describeMethod, tinyNetworkNames, tinyTransformerNames } from '@saliency/testing'
import { lrp, lrpAtTokens, transformerAttribution } from '../src/index.ts'

describeMethod(lrp)
// A dense layer that reads the image returns no rows and columns.
describeMethod(lrpAtTokens, {
  refuses: { dot: 'UNSUPPORTED_OPERATOR', 'dense-only': 'UNSUPPORTED_OPERATOR' },
})
describeMethod(transformerAttribution, {
  networks: tinyTransformerNames,
  refuses: Object.fromEntries(tinyNetworkNames.map((name) => [name, 'UNSUPPORTED_MODEL'])),
})
