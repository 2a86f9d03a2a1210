export { type Config, defineConfig } from './config/config.ts'
export { configSchema } from './config/schema.ts'
export { discoverPlugins, type DiscoveryRequest } from './discovery/discover.ts'
export type { PluginRecord, PluginReference, PluginSource, PluginStatus } from './discovery/plugin.ts'
export { createRegistry, type Registry } from './discovery/registry.ts'
export { openEngine } from './engines.ts'
export { explain, type ExplainedMap } from './explain/explain.ts'
export type { ExplainSettings } from './explain/explain-settings.ts'
export type { OnnxExport } from './explained-model.ts'
export { exportOnnx, type ExportSettings } from './export/export-onnx.ts'
export { inspectModel, type InspectSettings } from './inspect/inspect-model.ts'
export type { InspectedModel, ModelDescription } from './inspect/inspected-model.ts'
export { queryRun, type QuerySettings } from './query/query-run.ts'
export { type ReportSettings, writeReport } from './study/write-report.ts'
export type { ImageInput } from './explain/images.ts'
export type { Target } from '@saliency/explain'
export { loadModel, type LoadModelSettings, type RunnerModel } from './models.ts'
export {
  judgeStudy,
  type JudgeRunSettings,
  type PlannedStudy,
  planStudy,
  type PlanSettings,
} from './study/plan-study.ts'
export type {
  CheckRecord,
  CheckSummary,
  Failure,
  FinishedUnit,
  Identity,
  ImageFailure,
  Judgement,
  JudgeSettings,
  PlannedUnit,
  Run,
  RunOutcome,
  Study,
  StudyEvents,
  StudyFailures,
  StudyOutcome,
  StudyRecord,
  StudyRow,
  StudySummary,
  VariantRecord,
} from '@saliency/study'
export { type FolderRunSettings, openRun, runStudy } from '@saliency/study/node'
