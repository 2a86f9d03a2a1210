import type { Predict } from '@saliency/core'
import type { RunStore, UnitFacts } from '../store/run-store.ts'
import type { Study } from '../study.ts'
import { type ScoreJob, scoringOf, studiedVariants } from './jobs.ts'
import { createScorer } from './scorer.ts'

/** Scores a study's groups, on one thread or on several. */
export interface Crew {
  /** Scores every variant of one group, and takes the maps over. */
  score(job: Omit<ScoreJob, 'variants'>): Promise<void>
  /** Stores the rows of a unit whose groups are all scored. @throws FILE */
  finish(unit: string, facts: UnitFacts): Promise<void>
  /** Forgets the rows of a unit that failed. */
  discard(unit: string): Promise<void>
  /** Seconds spent on scoring, in all threads. */
  readonly seconds: number
  /** Threads beside the engine's. */
  readonly threads: number
  dispose(): Promise<void>
}

/** What a crew works with. */
export interface CrewSettings {
  readonly study: Study
  readonly store: RunStore
  readonly predict: Predict
  readonly signal: AbortSignal
}

/** Gets a crew ready. */
export type OpenCrew = (settings: CrewSettings) => Promise<Crew>

/** A crew on the engine's own thread: for pages, and for checks that no other thread can import. */
export const openOwnCrew: OpenCrew = async ({ study, store, predict, signal }) => {
  const scorer = createScorer(scoringOf(study, 1), store, study.plan.checks, predict, signal)
  const variants = studiedVariants(study)
  return {
    score: async (job) => scorer.keep(job.unit, await scorer.score({ ...job, variants })),
    finish: (unit, facts) => scorer.finish(unit, facts),
    discard: async (unit) => scorer.discard(unit),
    threads: 0,
    get seconds() {
      return scorer.seconds
    },
    dispose: async () => undefined,
  }
}
