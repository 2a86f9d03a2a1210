import type { Engine, Weights } from '@saliency/core'
import type { ImageSet } from '@saliency/images'
import type { Registry } from '../discovery/registry.ts'
import type { RunnerModel } from '../models.ts'
import type { StudyRecord } from '../store/run-folder.ts'
import type { Settings } from './settings.ts'

/** What a study is put together from. */
export interface StudyParts {
  readonly settings: Settings
  readonly model: RunnerModel
  /** Loads the weights of the same network trained on permuted labels; called only where a check asks for them. */
  readonly twin?: () => Promise<Weights>
  readonly images: { readonly set: ImageSet; readonly limit: number }
  readonly registry: Registry
  readonly engine: Engine
  /** What an earlier run in the same folder was made with; not given anew, it stays. */
  readonly stored?: StudyRecord
}
