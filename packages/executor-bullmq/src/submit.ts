import { setTimeout as wait } from 'node:timers/promises'
import type { ShardCounts, Submission, SubmitRequest } from '@saliency/study'
import type { JobsOptions, Queue } from 'bullmq'
import { type JobData, jobData, jobId, openQueue, queueName } from './queue.ts'

/** Milliseconds between two looks at the queue. */
const PAUSE = 1_000

/**
 * A shard whose process died is tried again elsewhere. A unit that always kills its process is passed over after three
 * times, so that a shard with a few of them gets to its end.
 */
const again: JobsOptions = { attempts: 10, backoff: { type: 'fixed', delay: 1_000 } }

/** Does something with a run's queue, and closes it. */
async function withQueue<T>(
  address: string,
  run: string,
  work: (queue: Queue<JobData>) => Promise<T>,
): Promise<T> {
  const queue = openQueue(address, run)
  try {
    return await work(queue)
  } finally {
    await queue.close()
  }
}

/** Says where the shards are until none waits or runs. */
async function* follow(queue: Queue<JobData>, signal: AbortSignal): AsyncGenerator<ShardCounts> {
  try {
    while (!signal.aborted) {
      const { completed = 0, failed = 0, active = 0, ...others } = await queue.getJobCounts()
      const waiting = Object.values(others).reduce((sum, count) => sum + count, 0)
      yield { waiting, running: active, ended: completed + failed }
      if (waiting + active === 0) return
      await wait(PAUSE, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    await queue.close()
  }
}

/**
 * Puts shards into the queue of their run. One that is there already stays; one that ended is there anew, since whoever
 * submits knows from the run folder that it lacks something.
 */
export async function submit({ run: { run }, shards, address }: SubmitRequest): Promise<Submission> {
  await withQueue(address, run, async (queue) => {
    for (const state of ['completed', 'failed'] as const) await queue.clean(0, 0, state)
    await queue.addBulk(
      shards.map((shard) => ({
        name: 'shard',
        data: jobData(shard),
        opts: { ...again, jobId: jobId(shard) },
      })),
    )
  })
  return {
    id: `queue ${queueName(run)}`,
    reports: false,
    follow: (signal) => follow(openQueue(address, run), signal),
    cancel: () => withQueue(address, run, (queue) => queue.drain(true)),
  }
}
