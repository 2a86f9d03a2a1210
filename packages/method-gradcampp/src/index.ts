export { gradcampp, gradcampp as default } from './gradcampp.ts'
export { gradcamppOptions } from './options.ts'
export { spatialLayers, targetLayer } from './target-layer.ts'
export type { Weighting, WeightingName } from './weightings.ts'
