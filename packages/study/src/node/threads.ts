import { Worker } from 'node:worker_threads'
import type { FloatTensor, Predict } from '@saliency/core'
import { createBirpc } from 'birpc'
import { resolve } from 'import-meta-resolve'
import type { ConditionMaps } from '../compute-group.ts'
import type { ScoreJob } from '../scoring/jobs.ts'
import {
  answer,
  type EngineThread,
  movedBuffers,
  type Scored,
  type ScoredUnit,
  type ScoringThread,
  type ThreadJob,
  type ThreadStart,
  valueOf,
} from './channel.ts'

/** Scoring on a thread of its own. */
export interface ScorerThread {
  /** Scores a job, whose maps it takes over. @param isPacked the rows come back instead of waiting for their unit */
  score(job: ScoreJob, isPacked: boolean): Promise<Scored>
  finish(unit: ScoredUnit): Promise<Scored>
  discard(unit: string): Promise<void>
  /** Ends the thread at once, whatever it does. */
  stop(): Promise<void>
}

const fromSource = import.meta.url.endsWith('.ts')

/** Starts a thread. @param name of a module of this package */
export function startWorker(name: 'worker' | 'judging-worker'): Worker {
  // What is built lies in one folder.
  const file = new URL(fromSource ? `../${name}.ts` : `./${name}.js`, import.meta.url)
  // Sources need what runs them; a process that was started with it hands it on anyway.
  const loader = fromSource && !process.execArgv.includes('--import')
  const execArgv = ['--conditions=@saliency/source', '--import', resolve('jiti/register', import.meta.url)]
  return new Worker(file, loader ? { execArgv } : {})
}

/** Maps of some variants, and the buffers that leave this thread with them. */
function shareOf(
  maps: ConditionMaps,
  variants: readonly string[],
): { share: ConditionMaps; moved: ArrayBuffer[] } {
  const pick = <T>(all: ReadonlyMap<string, T>) =>
    new Map(variants.flatMap((id): [string, T][] => (all.has(id) ? [[id, all.get(id) as T]] : [])))
  const own: ReadonlyMap<string, FloatTensor> = pick(maps.maps)
  const share = { ...maps, maps: own, ...(maps.convergence && { convergence: pick(maps.convergence) }) }
  return { share, moved: [...own.values()].map(({ data }) => data.buffer as ArrayBuffer) }
}

/** The maps in a job go to the other thread; nothing here may read them afterwards. */
function threadJob(job: ScoreJob, isPacked: boolean): ThreadJob {
  const shares = [...job.own].map(([key, maps]) => ({ key, ...shareOf(maps, job.variants) }))
  const own = new Map(shares.map(({ key, share }) => [key, share]))
  return { ...job, own, isPacked, moved: [...new Set(shares.flatMap(({ moved }) => moved))] }
}

/**
 * Opens a scorer on another thread, which imports the checks from their modules.
 * @throws what importing them throws there
 */
export async function openScorerThread(given: ThreadStart, predict: Predict): Promise<ScorerThread> {
  const worker = startWorker('worker')
  const functions: EngineThread = { predict: (...request) => answer(() => predict(...request)) }
  const remote = createBirpc<ScoringThread, EngineThread>(functions, {
    post: (message) => worker.postMessage(message, movedBuffers(message)),
    on: (listener) => worker.on('message', listener),
    timeout: -1,
  })
  worker.on('error', (error) => remote.$close(error))
  worker.on('exit', () => remote.$close(new Error('internal: the scoring thread ended')))
  const stop = async () => {
    remote.$close()
    await worker.terminate()
  }
  try {
    valueOf(await remote.start(given))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    score: async (job, isPacked) => valueOf(await remote.score(threadJob(job, isPacked))),
    finish: async (unit) => valueOf(await remote.finish(unit)),
    discard: (unit) => remote.discard(unit),
    stop,
  }
}
