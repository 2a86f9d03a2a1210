import type { Check, Options } from '@saliency/core'
import type { ConditionMaps } from '../compute-group.ts'
import type { StudyGroup } from '../image-groups.ts'
import type { PlannedCheck, PlannedState } from '../plan.ts'
import type { LostImages } from '../store/encode-rows.ts'
import type { Study } from '../study.ts'

/** A planned check, and the module that another thread imports it from. */
export interface CheckModule {
  readonly id: string
  readonly url: string
  readonly options: Options
  readonly conditions: PlannedCheck['conditions']
}

/** What scoring needs to know of a study, all of it plain data. */
export interface Scoring {
  readonly run: string
  readonly model: string
  readonly seed: number
  readonly folder: string
  readonly states: readonly PlannedState[]
  /** Every variant with maps, in the order in which the run folder stores them. */
  readonly variants: readonly string[]
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
  /** The classes explained under each condition of the original weights whose maps lie in the run folder. */
  readonly originals: ReadonlyMap<string, readonly number[]>
  /** Variants that the engine could not compute, and why. */
  readonly broken: ReadonlyMap<string, string>
}

/** What a job gave; its rows stay with the scorer, or come back packed for the one that writes the unit's file. */
export interface Scored {
  /** What scoring took. */
  readonly seconds: number
  readonly rows?: Uint8Array
}

/** A unit whose groups are all scored. */
export interface ScoredUnit {
  readonly unit: string
  readonly path: string
  /** Rows that other scorers packed. */
  readonly parts: readonly Uint8Array[]
  /** Images that could not be read for it. */
  readonly lost: LostImages
}

/** Scores groups and writes units, on this thread or on another. */
export interface Scorer {
  /** @param isPacked the rows come back instead of waiting here for {@link Scorer.finish} */
  score(job: ScoreJob, isPacked: boolean): Promise<Scored>
  /** Writes a unit's rows as one file; returns the seconds that took. */
  finish(unit: ScoredUnit): Promise<number>
  /** Forgets the rows of a unit that failed. */
  discard(unit: string): Promise<void>
}

/** Ids of the variants whose maps a study computes. */
export function studiedVariants({ maps }: Pick<Study, 'maps'>): string[] {
  const { traced, sampling, variants } = maps.set
  const able = new Set([...traced, ...sampling].map(({ variant }) => variant.id))
  return variants.map(({ id }) => id).filter((id) => able.has(id))
}

/** The check of a module's default export that has this id. */
export function checkIn(exported: unknown, id: string): Check {
  const all = (Array.isArray(exported) ? exported : [exported]) as readonly Check[]
  const found = all.find((check) => check.id === id)
  if (!found) throw new Error(`internal: the module has no check ${id}`)
  return found
}
