import { availableParallelism } from 'node:os'
import { type Crew, type CrewSettings, type OpenCrew, openOwnCrew } from '../scoring/crew.ts'
import { scoringOf, studiedVariants } from '../scoring/jobs.ts'
import { modulesOf } from './check-modules.ts'
import { openScorerThread, type ScorerThread } from './threads.ts'

/** Threads that score beside the engine: a quarter of the cores, at least 1 and at most 4. The engine keeps all cores busy only where layers are large. */
export function threadCount(): number {
  return Math.min(4, Math.ceil(availableParallelism() / 4))
}

/** Opens threads; none where a check cannot be imported a second time. */
async function openThreads(
  { study, store, predict }: CrewSettings,
  folder: string,
  count: number,
): Promise<ScorerThread[]> {
  const checks = modulesOf(study)
  if (!checks) return []
  const start = { scoring: scoringOf(study, count), folder, scratch: store.scratch, checks }
  const opening = Array.from({ length: count }, () => openScorerThread(start, predict))
  const opened = await Promise.allSettled(opening)
  const threads = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  if (threads.length === count) return threads
  for (const thread of threads) await thread.stop()
  return []
}

/** Every `count`-th variant from `index` on: always the same thread for a variant, so that what it prepared is met again. */
function shareOf(variants: readonly string[], index: number, count: number): string[] {
  return variants.filter((_, at) => at % count === index)
}

/** A crew of threads; one of them stores a unit, and the others send it their rows. */
function crewOf({ study }: CrewSettings, threads: readonly ScorerThread[]): Crew {
  const shares = threads.map((_, index) => shareOf(studiedVariants(study), index, threads.length))
  const packed = new Map<string, Uint8Array[]>()
  const spent = threads.map(() => 0)
  const writerOf = (unit: string) =>
    (study.plan.units.findIndex(({ id }) => id === unit) + 1) % threads.length
  return {
    async score(job) {
      const writer = writerOf(job.unit)
      await Promise.all(
        threads.map(async (thread, index) => {
          const share = { ...job, variants: shares[index] ?? [] }
          const { seconds, rows } = await thread.score(share, index !== writer)
          spent[index] = seconds
          if (rows) packed.set(job.unit, [...(packed.get(job.unit) ?? []), rows])
        }),
      )
    },
    async finish(unit, facts) {
      const others = packed.get(unit) ?? []
      packed.delete(unit)
      const writer = writerOf(unit)
      const { seconds } = await (threads[writer] as ScorerThread).finish({ unit, packed: others, facts })
      spent[writer] = seconds
    },
    async discard(unit) {
      packed.delete(unit)
      await Promise.all(threads.map((thread) => thread.discard(unit)))
    },
    threads: threads.length,
    get seconds() {
      return spent.reduce((sum, one) => sum + one, 0)
    },
    async dispose() {
      await Promise.all(threads.map((thread) => thread.stop()))
    },
  }
}

/**
 * Scores on threads beside the engine, which blocks the thread that calls it; checks that are known to this process only
 * (objects in a configuration) are scored on the engine's own.
 * @param folder the run folder, which every thread opens
 * @param wanted number of threads; 0 for the engine's own
 */
export function threadCrew(folder: string, wanted: number = threadCount()): OpenCrew {
  return async (settings) => {
    const count = Math.min(wanted, studiedVariants(settings.study).length)
    const threads = count > 0 ? await openThreads(settings, folder, count) : []
    return threads.length > 0 ? crewOf(settings, threads) : openOwnCrew(settings)
  }
}
