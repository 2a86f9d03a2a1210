import type { ConditionMaps } from '../compute-group.ts'
import type { StudyGroup } from '../image-groups.ts'
import type { PlannedState } from '../plan.ts'
import type { Study } from '../study.ts'

/** What scoring needs to know of a study, all of it plain data. */
export interface Scoring {
  readonly run: string
  readonly model: string
  readonly seed: number
  /** What is explained instead of the predicted class. */
  readonly explained?: string
  readonly states: readonly PlannedState[]
  /** Bytes of original maps that one scorer may keep. */
  readonly keepBytes: number
}

/** One group under one weight state: the maps of some variants, to be scored by every check that asks for the state. */
export interface ScoreJob {
  readonly unit: string
  readonly state: number
  readonly group: StudyGroup
  readonly variants: readonly string[]
  /** Maps of this state by condition. */
  readonly own: ReadonlyMap<string, ConditionMaps>
  /** The classes explained under each condition of the original weights whose maps are stored. */
  readonly originals: ReadonlyMap<string, readonly number[]>
  /** Variants that the engine could not compute, and why. */
  readonly broken: ReadonlyMap<string, string>
}

/** Ids of the variants whose maps a study computes, then of those that another program made. */
export function studiedVariants({ maps, external }: Pick<Study, 'maps' | 'external'>): string[] {
  const { traced, sampling, variants } = maps.set
  const able = new Set([...traced, ...sampling].map(({ variant }) => variant.id))
  const computed = variants.map(({ id }) => id).filter((id) => able.has(id))
  return [...computed, ...external.map(({ record }) => record.id)]
}

/** What scoring needs to know of a study. @param scorers they share the memory for original maps */
export function scoringOf({ run, loaded, seed, target, plan, memory }: Study, scorers: number): Scoring {
  const keepBytes = memory.keptBytes / scorers
  const explained = target && { explained: target.name }
  return { run, model: loaded.model.name, seed, ...explained, states: plan.states, keepBytes }
}
