import { availableParallelism } from 'node:os'
import type { Predict } from '@saliency/core'
import type { LostImages } from '../store/encode-rows.ts'
import type { Study } from '../study.ts'
import { type CheckModule, type Scorer, type ScoreJob, type Scoring, studiedVariants } from './jobs.ts'
import { createScorer } from './scorer.ts'
import { openScorerThread, type ScorerThread } from './threads.ts'

/** Scores a study's groups beside the engine. */
export interface Crew {
  /** Scores every variant of one group, and takes the maps over. */
  score(job: Omit<ScoreJob, 'variants'>): Promise<void>
  /** Writes the rows of a unit whose groups are all scored. */
  finish(unit: string, path: string, lost: LostImages): Promise<void>
  discard(unit: string): Promise<void>
  /** Seconds spent on scoring, in all threads. */
  readonly seconds: number
  /** Threads beside this one. */
  readonly threads: number
  dispose(): Promise<void>
}

/** Threads that score beside the engine: a quarter of the cores, at least 1 and at most 4. The engine keeps all cores busy only where layers are large. */
export function threadCount(): number {
  return Math.min(4, Math.ceil(availableParallelism() / 4))
}

function modulesOf({ plan, checkModules }: Study): CheckModule[] | undefined {
  const modules = plan.checks.map(({ check, options, conditions }) => {
    const url = checkModules.get(check.id)
    return url === undefined ? undefined : { id: check.id, url, options, conditions }
  })
  return modules.every((one) => one !== undefined) ? modules : undefined
}

function scoringOf(study: Study, folder: string, threads: number): Scoring {
  return {
    run: study.run,
    model: study.loaded.model.name,
    seed: study.seed,
    folder,
    states: study.plan.states,
    variants: studiedVariants(study),
    keepBytes: study.memory.keptBytes / threads,
  }
}

async function openThreads(
  study: Study,
  folder: string,
  predict: Predict,
  count: number,
): Promise<ScorerThread[] | undefined> {
  const modules = modulesOf(study)
  if (!modules) return undefined
  const scoring = scoringOf(study, folder, count)
  const opening = Array.from({ length: count }, () => openScorerThread(scoring, modules, predict))
  const opened = await Promise.allSettled(opening)
  const threads = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (threads.length === count) return threads
  // A check that cannot be imported a second time is scored where it was imported first.
  for (const thread of threads) await thread.stop()
  return undefined
}

/** Every `count`-th variant from `index` on: always the same thread for a variant, so that what it prepared is met again. */
function shareOf(variants: readonly string[], index: number, count: number): string[] {
  return variants.filter((_, at) => at % count === index)
}

/**
 * Opens the threads that score beside the engine, which blocks the thread that calls it; checks that are known to this
 * process only (objects in a config) are scored on this thread.
 * @param wanted number of threads; 0 for this one
 */
export async function openCrew(
  study: Study,
  folder: string,
  predict: Predict,
  signal: AbortSignal,
  wanted: number = threadCount(),
): Promise<Crew> {
  const count = Math.min(wanted, studiedVariants(study).length)
  const threads = count > 0 ? await openThreads(study, folder, predict, count) : undefined
  const here = () => createScorer(scoringOf(study, folder, 1), study.plan.checks, predict, signal)
  const scorers: readonly Scorer[] = threads ?? [here()]
  const shares = scorers.map((_, index) => shareOf(studiedVariants(study), index, scorers.length))
  const packed = new Map<string, Uint8Array[]>()
  const writerOf = (unit: string) =>
    (study.plan.units.findIndex(({ id }) => id === unit) + 1) % scorers.length
  let seconds = 0
  return {
    async score(job) {
      const writer = writerOf(job.unit)
      await Promise.all(
        scorers.map(async (scorer, index) => {
          const result = await scorer.score({ ...job, variants: shares[index] ?? [] }, index !== writer)
          seconds += result.seconds
          if (result.rows) packed.set(job.unit, [...(packed.get(job.unit) ?? []), result.rows])
        }),
      )
    },
    async finish(unit, path, lost) {
      const parts = packed.get(unit) ?? []
      packed.delete(unit)
      seconds += await (scorers[writerOf(unit)] as Scorer).finish({ unit, path, parts, lost })
    },
    async discard(unit) {
      packed.delete(unit)
      await Promise.all(scorers.map((scorer) => scorer.discard(unit)))
    },
    threads: threads?.length ?? 0,
    get seconds() {
      return seconds
    },
    async dispose() {
      await Promise.all((threads ?? []).map((thread) => thread.stop()))
    },
  }
}
