import { availableParallelism } from 'node:os'
import { createBirpc } from 'birpc'
import type { MeasuredVariant, MeasureRequest } from '../measure-variant.ts'
import { movedBuffers, valueOf } from './channel.ts'
import type { JudgingCheck, JudgingJob, JudgingThread, RowFacts } from './judging.ts'
import type { RowColumns } from './row-columns.ts'
import { startWorker } from './threads.ts'

/** Threads that judge: every core, and at most four, since each holds the rows of a variant. */
export function judgingThreads(): number {
  return Math.min(4, availableParallelism())
}

/** Threads that measure variants. */
export interface Judges {
  /** Says by which check. No variant may be under way. @throws what importing it throws */
  open(check: JudgingCheck): Promise<void>
  /** Measures a variant on the thread that is free first. */
  measure(job: Omit<JudgingJob, 'moved'>): Promise<MeasuredVariant>
  readonly count: number
  dispose(): Promise<void>
}

function openThread() {
  const worker = startWorker('judging-worker')
  const remote = createBirpc<JudgingThread>(
    {},
    {
      post: (message) => worker.postMessage(message, movedBuffers(message)),
      on: (listener) => worker.on('message', listener),
      timeout: -1,
    },
  )
  worker.on('error', (error) => remote.$close(error))
  worker.on('exit', () => remote.$close(new Error('internal: the judging thread ended')))
  return { worker, remote }
}

/** Opens threads that measure the variants of a run's checks. @param count at least 1 */
export async function openJudges(facts: RowFacts, count: number): Promise<Judges> {
  const threads = Array.from({ length: count }, openThread)
  for (const { remote } of threads) valueOf(await remote.start(facts))
  /** When each thread is done with what it was given. */
  const turns = threads.map(() => Promise.resolve<unknown>(undefined))
  const given = threads.map(() => 0)
  return {
    count,
    async open(check) {
      for (const opened of await Promise.all(threads.map(({ remote }) => remote.open(check)))) valueOf(opened)
    },
    measure(job) {
      const at = given.indexOf(Math.min(...given))
      given[at]! += 1
      const { texts, values } = job.columns
      const moved = [...texts, values].map(({ buffer }) => buffer as ArrayBuffer)
      const { remote } = threads[at]!
      const found = turns[at]!.then(async () => valueOf(await remote.measure({ ...job, moved })))
      turns[at] = found.catch(() => undefined).finally(() => void (given[at]! -= 1))
      return found
    },
    async dispose() {
      for (const { worker, remote } of threads) {
        remote.$close()
        await worker.terminate()
      }
    },
  }
}

/**
 * Measures variants on threads; what they find comes in the order of the requests. While threads work on some variants, the
 * rows of the next ones are read.
 * @throws what importing the check throws there
 */
export async function* measureOn(
  judges: Judges,
  check: JudgingCheck,
  requests: readonly MeasureRequest[],
  columnsOf: (check: string, variant: string) => Promise<RowColumns>,
): AsyncGenerator<MeasuredVariant> {
  await judges.open(check)
  const waiting: Promise<MeasuredVariant>[] = []
  for (const request of requests) {
    const columns = await columnsOf(check.id, request.variant)
    const found = judges.measure({ ...request, check: check.id, columns })
    // What failed is told in its turn.
    found.catch(() => undefined)
    waiting.push(found)
    if (waiting.length > judges.count) yield (await waiting.shift()) as MeasuredVariant
  }
  for (const found of waiting) yield await found
}
