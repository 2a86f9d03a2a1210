import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Queue,
  UnrecoverableError,
  withBackend,
} from 'bullmq'
import type { Shard } from '@saliency/study'
import { isPostgres } from './address.ts'

/** All that a job carries. Paths and commands never come from a queue: who may write to it cannot make a worker run anything. */
export interface JobData {
  /** `I/N`, counted from 1. */
  readonly shard: string
}

/** Workers of another version, model or option compute another run, so that they listen to another queue. */
export function queueName(run: string): string {
  return `saliency-${run}`
}

/** BullMQ's classes for the database that an address names. */
export function classesFor(
  address: string,
): ReturnType<typeof withBackend<IQueueBackend, ConnectionOptions>> {
  const factory = isPostgres(address) ? createPostgresBackend : createRedisBackend
  return withBackend(factory as unknown as BackendFactory<IQueueBackend, ConnectionOptions>)
}

/** How BullMQ reaches the database; a request waits as long as that is gone. */
export function connectionTo(address: string): ConnectionOptions {
  return isPostgres(address) ? { connectionString: address } : { url: address, maxRetriesPerRequest: null }
}

/** Opens a run's queue. While the database is gone, what is asked of it waits; that it is gone is no news here. */
export function openQueue(address: string, run: string): Queue<JobData> {
  const { Queue } = classesFor(address)
  const queue = new Queue<JobData>(queueName(run), { connection: connectionTo(address) })
  queue.on('error', () => undefined)
  return queue as unknown as Queue<JobData>
}

/** What a shard is called; a queue takes a name once. */
export function jobId({ index, count }: Shard): string {
  return `shard-${index + 1}-of-${count}`
}

/** The text that stands for a shard in a job. */
export function jobData({ index, count }: Shard): JobData {
  return { shard: `${index + 1}/${count}` }
}

/**
 * The shard of a job.
 * @throws UnrecoverableError for a job that holds anything else
 */
export function shardOf(data: unknown): Shard {
  const fields = typeof data === 'object' && data !== null ? data : {}
  const { shard } = fields as { shard?: unknown }
  const [, number, count] = (typeof shard === 'string' && /^(\d{1,6})\/(\d{1,6})$/.exec(shard)) || []
  const isShard = Number(number) >= 1 && Number(number) <= Number(count)
  if (isShard && Object.keys(fields).join() === 'shard')
    return { index: Number(number) - 1, count: Number(count) }
  throw new UnrecoverableError(
    'This job is no shard: it holds more than the number of one, or something else.',
  )
}
