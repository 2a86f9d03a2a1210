import { parentPort } from 'node:worker_threads'
import type { Predict } from '@saliency/core'
import { createBirpc } from 'birpc'
import type { PlannedCheck } from './plan.ts'
import { answer, type EngineThread, movedBuffers, type ScoringThread, valueOf } from './scoring/channel.ts'
import { type CheckModule, checkIn, type Scorer } from './scoring/jobs.ts'
import { createScorer } from './scoring/scorer.ts'

const port = parentPort
if (!port) throw new Error('internal: this module is a worker')

/** The default export of a module. */
async function importDefault(url: string): Promise<unknown> {
  const module = (await import(/* @vite-ignore */ url)) as { default?: unknown }
  return module.default
}

let scorer: Scorer | undefined
let turn: Promise<unknown> = Promise.resolve()

/** Imports one module after the other: loaders of sources hand out half a module to whoever asks a second time at once. */
async function load(modules: readonly CheckModule[]): Promise<PlannedCheck[]> {
  const checks: PlannedCheck[] = []
  for (const { id, url, options, conditions } of modules)
    checks.push({ check: checkIn(await importDefault(url), id), options, conditions })
  return checks
}

const predict: Predict = async (...request) => valueOf(await main.predict(...request))

/** One job after the other: a scorer's maps of the original weights serve the job they were read for. */
function inTurn<T>(work: (scorer: Scorer) => Promise<T>) {
  const result = turn.then(() => answer(() => work(scorer as Scorer)))
  turn = result
  return result
}

const functions: ScoringThread = {
  start: (scoring, checks) =>
    answer(async () => {
      scorer = createScorer(scoring, await load(checks), predict)
      return true
    }),
  async score(job, isPacked) {
    const scored = await inTurn((one) => one.score(job, isPacked))
    const moved = 'value' in scored && scored.value.rows ? [scored.value.rows.buffer as ArrayBuffer] : []
    return { ...scored, moved }
  },
  finish: (unit) => inTurn((one) => one.finish(unit)),
  async discard(unit) {
    await inTurn((one) => one.discard(unit))
  },
}

const main = createBirpc<EngineThread, ScoringThread>(functions, {
  post: (message) => port.postMessage(message, movedBuffers(message)),
  on: (listener) => port.on('message', listener),
  timeout: -1,
})
