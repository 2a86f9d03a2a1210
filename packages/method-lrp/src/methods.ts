import { lrp, lrpAtTokens } from './lrp.ts'

/** The package's methods: relevance at the image, and where a transformer's patches have become tokens. */
const methods: readonly [typeof lrp, typeof lrpAtTokens] = [lrp, lrpAtTokens]
export default methods
