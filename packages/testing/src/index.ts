import './matchers.ts'

export { caseArray, casePath, hasCases } from './cases.ts'
export { describeCheck, type CheckSettings } from './describe-check.ts'
export { describeMethod } from './describe-method.ts'
export type { MethodSettings } from './method/settings.ts'
export { logitsOf } from './logits-of.ts'
export { explainWith, traceError, type ExplainRequest } from './explain-with.ts'
export { repeat, rowOf, stack } from './rows.ts'
export { runOnce, testEngine } from './test-engine.ts'
export { mapError, median, type MapError } from './map-error.ts'
export type { MapMatchers } from './matchers.ts'
export {
  hasReference,
  openReference,
  referenceFolder,
  type Reference,
  type ReferenceFile,
  referenceFiles,
  type ReferenceName,
  type ReferenceTarget,
} from './reference.ts'
export { oneHot, seededImages, seededWeights } from './seeded-weights.ts'
export type { ConvSettings, Layers } from './tiny-layers.ts'
export { type TransformerSettings, visionTransformer } from './vision-transformer.ts'
export {
  buildTiny,
  impassableNetwork,
  tinyNetwork,
  tinyNetworkNames,
  tinyTransformerNames,
  type TinyNetwork,
} from './tiny-networks.ts'
export { describeReference, type ReferenceRow, type ReferenceSettings } from './describe-reference.ts'
export { tinyTransformer, type TinyTransformer } from './tiny-transformer.ts'
