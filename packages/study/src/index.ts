export { type Accuracy, accuracyOf } from './accuracy.ts'
export type { StudyEvents, StudyOutcome, StudySeconds } from './execute.ts'
export {
  assertExecutor,
  defineExecutor,
  type Executor,
  type ShardCounts,
  type SharedRun,
  type ShardEnd,
  type Submission,
  type SubmitRequest,
  type WorkRequest,
} from './executor.ts'
export { type ClassMaps, type ImageMaps, keepPictures, readImageMaps } from './image-maps.ts'
export type { ExternalVariant } from './external/external-variant.ts'
export {
  type ExternalManifest,
  type ExternalMap,
  type ExternalParameter,
  type ExternalState,
  type MadeFor,
  layersWithoutNames,
} from './external/manifest.ts'
export { type ImageGroups, openImageGroups, requireImages, type StudyGroup } from './image-groups.ts'
export { type JudgeSettings, judgeStudy } from './judge.ts'
export type { JudgedImages } from './judged-images.ts'
export { type MemoryFit, parseMemory } from './memory.ts'
export { GROUP_SIZE, type PlannedCheck, type PlannedState, scoredConditions, type StudyPlan } from './plan.ts'
export { type PlannedStudy, planStudy } from './plan-study.ts'
export { openShards } from './open-shards.ts'
export { pendingUnits } from './pending.ts'
export { unitsByRounding } from './rounding.ts'
export { type RunOutcome, type RunSettings, runStudy, type StudyToRun } from './run-study.ts'
export { mostShards, type Shard, shardUnits } from './shard.ts'
export { beginRun, continueRun } from './store/continue-run.ts'
export type { ImageFailure, StudyFailures } from './store/failures.ts'
export { conditionKey } from './store/keys.ts'
export { memoryStore } from './store/memory-store.ts'
export { openRun, type Run } from './store/open-run.ts'
export { type Needs, restoreNeeds, shapedRow } from './store/complete-rows.ts'
export { type RowSource, rowsInMemory } from './store/row-source.ts'
export type { StudyRow } from './store/rows.ts'
export {
  type LostImages,
  mapsId,
  type RunContent,
  type RunKind,
  type RunStore,
  type StoredMaps,
  type StoredPicture,
  type UnitFacts,
  type UnitRows,
} from './store/run-store.ts'
export type { CheckRecord, Identity, StudyRecord, VariantRecord } from './store/study-record.ts'
export type { Failure, PlannedUnit } from './store/planned-unit.ts'
export { type FinishedUnit, storedRows } from './store/units.ts'
export { type SelfCheck, structureChecks } from './structure-checks.ts'
export type { Study } from './study.ts'
export type { ChosenCheck, Machine, Origin, StudyInputs, StudyModel } from './study-inputs.ts'
export type { CheckSummary, Judgement, StudySummary } from './summarise.ts'
export { type Explained, explainedOf, type StudyTarget } from './explained.ts'
export { forgetTries } from './tries.ts'
export { targetClass, type TargetContext } from './targets.ts'
