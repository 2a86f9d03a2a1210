import { Worker } from 'node:worker_threads'
import type { FloatTensor, Predict } from '@saliency/core'
import { createBirpc } from 'birpc'
import { resolve } from 'import-meta-resolve'
import type { ConditionMaps } from '../compute-group.ts'
import { answer, type EngineThread, movedBuffers, type ScoringThread, valueOf } from './channel.ts'
import type { CheckModule, Scorer, ScoreJob, Scoring } from './jobs.ts'

/** A scorer on a thread of its own. */
export interface ScorerThread extends Scorer {
  /** Ends the thread at once, whatever it does. */
  stop(): Promise<void>
}

const fromSource = import.meta.url.endsWith('.ts')

function startWorker(): Worker {
  // What is built lies in one folder.
  const file = new URL(fromSource ? '../worker.ts' : './worker.js', import.meta.url)
  // Sources need what runs them; a process that was started with it hands it on anyway.
  const loader = fromSource && !process.execArgv.includes('--import')
  const execArgv = ['--conditions=@saliency/source', '--import', resolve('jiti/register', import.meta.url)]
  return new Worker(file, loader ? { execArgv } : {})
}

/** Maps of some variants, and the buffers that leave this thread with them. */
function partOf(
  maps: ConditionMaps,
  variants: readonly string[],
): { part: ConditionMaps; moved: ArrayBuffer[] } {
  const pick = <T>(all: ReadonlyMap<string, T>) =>
    new Map(variants.flatMap((id): [string, T][] => (all.has(id) ? [[id, all.get(id) as T]] : [])))
  const own: ReadonlyMap<string, FloatTensor> = pick(maps.maps)
  const part = { ...maps, maps: own, ...(maps.convergence && { convergence: pick(maps.convergence) }) }
  return { part, moved: [...own.values()].map(({ data }) => data.buffer as ArrayBuffer) }
}

/** The maps in a job go to the other thread; nothing here may read them afterwards. */
function withMoved(job: ScoreJob): ScoreJob & { moved: ArrayBuffer[] } {
  const parts = [...job.own].map(([key, maps]) => ({ key, ...partOf(maps, job.variants) }))
  const own = new Map(parts.map(({ key, part }) => [key, part]))
  return { ...job, own, moved: [...new Set(parts.flatMap(({ moved }) => moved))] }
}

/**
 * Opens a scorer on another thread, which imports the checks from their modules.
 * @throws what importing them throws there
 */
export async function openScorerThread(
  scoring: Scoring,
  checks: readonly CheckModule[],
  predict: Predict,
): Promise<ScorerThread> {
  const worker = startWorker()
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
    valueOf(await remote.start(scoring, checks))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    score: async (job, isPacked) => valueOf(await remote.score(withMoved(job), isPacked)),
    finish: async (unit) => valueOf(await remote.finish(unit)),
    discard: (unit) => remote.discard(unit),
    stop,
  }
}
