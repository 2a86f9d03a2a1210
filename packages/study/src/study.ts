import type { Engine, LoadedModel, Model, Weights } from '@saliency/core'
import type { MapGraphs } from '@saliency/explain'
import type { StudyTarget } from './explained.ts'
import type { ExternalVariant } from './external/external-variant.ts'
import type { ImageGroups } from './image-groups.ts'
import type { MemoryFit } from './memory.ts'
import type { StudyPlan } from './plan.ts'

/** A model with a grafted term, and what of it is computed. */
export interface GraftedStudy {
  readonly model: Model
  readonly maps: MapGraphs
  /** Variants that cannot explain it, and why. */
  readonly unable: ReadonlyMap<string, string>
}

/** A study that is ready to run: everything resolved, nothing computed. */
export interface Study {
  /** The run's id, which depends on everything that changes a number. */
  readonly run: string
  readonly loaded: LoadedModel
  /** Weights of the same network trained on permuted labels. */
  readonly twin?: Weights
  readonly engine: Engine
  readonly batchSize: number
  readonly memory: MemoryFit
  readonly seed: number
  /** What is explained where a check says the predicted class, if it is anything else. */
  readonly target?: StudyTarget
  readonly images: ImageGroups
  readonly plan: StudyPlan
  /** Where a check's module lies, by the check's id; checks given as objects have none. */
  readonly checkModules: ReadonlyMap<string, string>
  /** One-channel maps of every variant. */
  readonly maps: MapGraphs
  /** Variants whose maps another program made. */
  readonly external: readonly ExternalVariant[]
  /** The model with a term grafted onto one logit; only where a check asks for it. */
  readonly grafted?: GraftedStudy
  /** Maps as methods return them; only where a check asks for them. */
  readonly fullMaps?: MapGraphs
}
