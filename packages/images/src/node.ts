export { readPreprocess } from '@saliency/model-formats/node'
export { decodeImage } from './node/decode.ts'
export { fingerprintOf } from './node/fingerprint.ts'
export { openImages, type OpenImagesOptions } from './node/open.ts'
