import { describeMethod } from '@saliency/testing'
import { lrp, lrpAtTokens } from '../src/index.ts'

describeMethod(lrp)
// A dense layer that reads the image returns no rows and columns.
describeMethod(lrpAtTokens, {
  refuses: { dot: 'UNSUPPORTED_OPERATOR', 'dense-only': 'UNSUPPORTED_OPERATOR' },
})
