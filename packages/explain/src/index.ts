export { batchOf } from './batch.ts'
export { type Cost, costOf } from './cost.ts'
export { explain, type ExplainSettings, type Explanation } from './explain.ts'
export {
  type ExplainedMap,
  type Explainer,
  type ExplainerSettings,
  type ImagesToExplain,
  openExplainer,
} from './explainer.ts'
export { diagnose } from './diagnose.ts'
export { keepsLedger, type LedgerLine, ledgerLines } from './ledger.ts'
export { type MapGraphs, mapGraphs, type MapGraph } from './map-graphs.ts'
export type { MapRequest, MapResult, OpenMapsSettings } from './map-request.ts'
export { type OpenMaps, openMaps } from './open-maps.ts'
export { type MemoryCost, memoryCostOf } from './memory-cost.ts'
export { optionPair, optionsFromText } from './option-text.ts'
export { openPredictor, type Predictor } from './predictor.ts'
export { assertFiniteLogits } from './finite.ts'
export { directionsFor, joinedDirections, rankedClasses } from './directions.ts'
export { resolveSelections, type Selection } from './selection.ts'
export { sumChannels } from './sum-channels.ts'
export { classTerms, type ClassTerm } from './class-terms.ts'
export {
  checkedDirection,
  type ResolvedTarget,
  resolveTarget,
  type Target,
  type TargetImage,
  topPredictions,
} from './target.ts'
export { type SamplingVariant, traceVariants, type VariantFailure, type VariantSet } from './variant-set.ts'
