import { deserialize, serialize } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import type { Predict } from '@saliency/core'
import { createBirpc } from 'birpc'
import {
  answer,
  type EngineThread,
  movedBuffers,
  type Scored,
  type ScoringThread,
  valueOf,
} from './node/channel.ts'
import { importChecks } from './node/check-modules.ts'
import { folderStore } from './node/folder-store.ts'
import { createScorer, type Scorer } from './scoring/scorer.ts'
import type { StudyRow } from './store/rows.ts'

const port = parentPort
if (!port) throw new Error('internal: this module is a worker')

let scorer: Scorer | undefined
let turn: Promise<unknown> = Promise.resolve()

const predict: Predict = async (...request) => valueOf(await main.predict(...request))

/** One job after the other: a scorer's maps of the original weights serve the job they were read for. */
function inTurn<T>(work: (scorer: Scorer) => Promise<T>) {
  const result = turn.then(() => answer(() => work(scorer as Scorer)))
  turn = result
  return result
}

const functions: ScoringThread = {
  start: ({ scoring, folder, scratch, checks }) =>
    answer(async () => {
      scorer = createScorer(scoring, folderStore(folder, scratch), await importChecks(checks), predict)
      return true
    }),
  async score({ isPacked, ...job }) {
    const scored = await inTurn(async (one): Promise<Scored> => {
      const rows = await one.score(job)
      if (isPacked) return { seconds: one.seconds, rows: Uint8Array.from(serialize(rows)) }
      one.keep(job.unit, rows)
      return { seconds: one.seconds }
    })
    const moved = 'value' in scored && scored.value.rows ? [scored.value.rows.buffer as ArrayBuffer] : []
    return { ...scored, moved }
  },
  finish: ({ unit, packed, facts }) =>
    inTurn(async (one) => {
      for (const rows of packed) one.keep(unit, deserialize(rows) as StudyRow[])
      await one.finish(unit, facts)
      return { seconds: one.seconds }
    }),
  async discard(unit) {
    await inTurn(async (one) => one.discard(unit))
  },
}

const main = createBirpc<EngineThread, ScoringThread>(functions, {
  post: (message) => port.postMessage(message, movedBuffers(message)),
  on: (listener) => port.on('message', listener),
  timeout: -1,
})
