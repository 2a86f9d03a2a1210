import { setTimeout as wait } from 'node:timers/promises'
import { SaliencyError } from '@saliency/core'
import type { ShardCounts } from '@saliency/study'
import { call } from './slurm.ts'

/** Milliseconds between two looks: soon at first, then seldom, since a cluster's controller has many who ask. */
const [FIRST, LONGEST, GROWTH] = [500, 30_000, 1.3]

/** How often in turn the controller may give no answer: it may be restarted. */
const PATIENCE = 20

/** The states of the tasks that have not ended; Slurm forgets a job some minutes after its end. */
async function statesOf(jobs: readonly string[]): Promise<string[]> {
  try {
    const list = await call('squeue', ['--noheader', '--array', '--format=%T', `--jobs=${jobs.join()}`])
    return list.split('\n').filter((line) => line !== '')
  } catch (error) {
    if (SaliencyError.is(error) && /Invalid job id/i.test(error.message)) return []
    throw error
  }
}

/** Says where the tasks are until none is left. @throws INVALID_OPTION if Slurm does not answer for long */
export async function* follow(
  jobs: readonly string[],
  tasks: number,
  signal: AbortSignal,
): AsyncGenerator<ShardCounts> {
  let silent = 0
  for (let pause = FIRST; !signal.aborted; pause = Math.min(LONGEST, pause * GROWTH)) {
    await wait(pause, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const states = await statesOf(jobs).catch((error: unknown) => {
      silent += 1
      if (silent >= PATIENCE) throw error
      return undefined
    })
    if (!states) continue
    silent = 0
    const waiting = states.filter((state) => state === 'PENDING').length
    yield { waiting, running: states.length - waiting, ended: tasks - states.length }
    if (states.length === 0) return
  }
}
