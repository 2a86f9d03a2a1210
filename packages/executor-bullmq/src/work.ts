import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '@saliency/core'
import type { WorkRequest } from '@saliency/study'
import { DelayedError, type Job } from 'bullmq'
import { classesFor, connectionTo, type JobData, queueName, shardOf } from './queue.ts'

/** Workers that may be lost under one shard. BullMQ allows one, which a cluster where machines come and go exceeds. */
const LOSSES = 10

/** Milliseconds that a database may take to answer a worker that ends. */
const PATIENCE = 2_000

/** Milliseconds within which one problem is said once: clients try to connect again several times a second. */
const SILENCE = 30_000

/** Says a problem when it is new, and then now and then. */
function seldom(say: (text: string) => void): (text: string) => void {
  const said = new Map<string, number>()
  return (text) => {
    const now = Date.now()
    if (now - (said.get(text) ?? -Infinity) < SILENCE) return
    said.set(text, now)
    say(text)
  }
}

/** Puts a shard back that was not computed; no attempt is counted. If the database is gone, its lease ends by itself. */
async function giveBack(job: Job<JobData>, token: string | undefined): Promise<never> {
  await Promise.race([job.moveToDelayed(Date.now(), token), wait(PATIENCE)])
  throw new DelayedError()
}

/** Takes shards from the queue of a run, one after the other, until it is stopped; another thread than this one computes. */
export async function work({
  run: { run },
  address,
  signal,
  say,
  compute,
  lease,
}: WorkRequest): Promise<void> {
  const { Worker } = classesFor(address)
  const complain = seldom(say)

  async function computeJob(job: Job<JobData>, token?: string): Promise<string> {
    const shard = shardOf(job.data)
    if (signal.aborted) return giveBack(job, token)
    const { kind, reason } = await compute(shard)
    if (kind === 'stopped' || kind === 'refused') return giveBack(job, token)
    if (kind === 'died') throw new Error(reason)
    return reason
  }

  let busy: Promise<unknown> = Promise.resolve()
  const take = (job: Job<JobData>, token?: string) => {
    const taken = computeJob(job, token)
    busy = taken.catch(() => undefined)
    return taken
  }
  const worker = new Worker<JobData, string>(queueName(run), take as never, {
    connection: connectionTo(address),
    concurrency: 1,
    maxStalledCount: LOSSES,
    lockDuration: 1_000 * lease,
    stalledInterval: 500 * lease,
  })
  worker.on('error', (error) => complain(`The queue: ${messageOf(error)}`))
  worker.on('failed', (job, error) => say(`${job?.id ?? 'A job'}: ${messageOf(error)}`))
  if (!signal.aborted) await once(signal, 'abort')
  const closing = worker.close()
  await busy
  // A connection that was lost meanwhile may never say that it is closed.
  await Promise.race([closing, wait(PATIENCE)])
}
