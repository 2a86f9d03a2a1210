import { SaliencyError } from '@saliency/core'
import type { Shard } from '@saliency/study'

type Environment = Readonly<Record<string, string | undefined>>

/** How a scheduler tells the tasks of one job apart. */
interface Scheduler {
  readonly name: string
  /** The variable that holds a task's number. */
  readonly index: string
  /** The number of the first task, or the variable that holds it. */
  readonly first: number | string
  /** The variable that holds how many tasks there are. */
  readonly count: string
}

/** For schedulers that do not say how many tasks there are. */
const COUNT = 'SALIENCY_SHARDS'

const schedulers: readonly Scheduler[] = [
  {
    name: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    count: 'SLURM_ARRAY_TASK_COUNT',
  },
  { name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', first: 0, count: COUNT },
  { name: 'AWS Batch', index: 'AWS_BATCH_JOB_ARRAY_INDEX', first: 0, count: 'AWS_BATCH_JOB_ARRAY_SIZE' },
  { name: 'PBS', index: 'PBS_ARRAY_INDEX', first: 1, count: COUNT },
  { name: 'Grid Engine', index: 'SGE_TASK_ID', first: 1, count: 'SGE_TASK_LAST' },
  { name: 'LSF', index: 'LSB_JOBINDEX', first: 1, count: 'LSB_JOBINDEX_END' },
]

/** What stands there in jobs that have no tasks. */
const noTask = new Set(['', 'undefined'])

const refuse = (text: string) => new SaliencyError('INVALID_OPTION', `--shard ${text}`)

function numberIn(environment: Environment, { name }: Scheduler, variable: string): number {
  const text = environment[variable] ?? ''
  if (/^\d+$/.test(text)) return Number(text)
  const found = text === '' ? 'is not set' : `is '${text}' and not a number`
  const remedy = variable === COUNT ? 'set it to the number of shards' : 'give --shard I/N'
  throw refuse(`auto: this is a task of ${name}, but ${variable} ${found}: ${remedy}.`)
}

/** @throws INVALID_OPTION naming the variable that is missing or does not fit */
function shardOfTask(environment: Environment): Shard {
  const scheduler = schedulers.find(({ index }) => !noTask.has(environment[index] ?? ''))
  if (!scheduler)
    throw refuse(
      `auto: no scheduler numbered this process; none of ${schedulers.map(({ index }) => index).join(', ')} is set. Submit it as a job array, or give --shard I/N.`,
    )
  const { name, index, first, count: counted } = scheduler
  const from = typeof first === 'number' ? first : numberIn(environment, scheduler, first)
  const number = numberIn(environment, scheduler, index)
  const count = numberIn(environment, scheduler, counted)
  if (number >= from && number < from + count) return { index: number - from, count }
  throw refuse(
    `auto: ${index} of ${name} is ${number}, but the tasks of a study are numbered from ${from} to ${from + count - 1} (${counted} is ${count}).`,
  )
}

/**
 * Which share of a study `--shard` asks for: `3/40` is the third of forty, and `auto` is what the scheduler that started
 * this process says.
 * @throws INVALID_OPTION
 */
export function readShard(text: string, environment: Environment = process.env): Shard {
  if (text === 'auto') return shardOfTask(environment)
  const [, own, all] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const [number, count] = [Number(own), Number(all)]
  if (number >= 1 && number <= count) return { index: number - 1, count }
  throw refuse(`${text}: it takes I/N, from 1/N to N/N, for instance 3/40; or auto.`)
}
