import { SaliencyError } from '@saliency/core'
import type { Shard } from './shard.ts'

/** A planned run, and how a process anywhere works on it. */
export interface SharedRun {
  /** The run's id: another model, option or version has another one. */
  readonly run: string
  /** The run folder, as an absolute path that every machine sees. */
  readonly folder: string
  /** The command that computes a shard; `I/N`, counted from 1, is to be added as its last argument. */
  readonly command: readonly string[]
  /** The command that judges what is there. */
  readonly report: readonly string[]
}

/** Where the shards of a submission are. */
export interface ShardCounts {
  readonly waiting: number
  readonly running: number
  /** Whether they computed everything or not: the run folder says that. */
  readonly ended: number
}

/** Shards that were handed over. */
export interface Submission {
  /** What the scheduler calls them, for whoever looks there. */
  readonly id: string
  /** Whether the report is made there, too. */
  readonly reports: boolean
  /** Says every now and then where the shards are, until all have ended. It ends early when the signal comes; the shards go on. */
  follow(signal: AbortSignal): AsyncIterable<ShardCounts>
  /** Stops the shards; finished units stay. */
  cancel(): Promise<void>
}

/** What became of a shard in the process that computed it. */
export interface ShardEnd {
  /**
   * `done`: its rows are there, or why they are not is recorded. `stopped`: it was asked to stop, and another worker goes on
   * with it. `refused`: nothing can be computed here, so that this worker takes no more. `died`: a signal ended it.
   */
  readonly kind: 'done' | 'stopped' | 'refused' | 'died'
  /** One sentence. */
  readonly reason: string
}

/** What an executor is told of shards to start. */
export interface SubmitRequest {
  readonly run: SharedRun
  readonly shards: readonly Shard[]
  /** As it was given: `slurm`, `redis://host`. */
  readonly address: string
  /** Options of the scheduler's own. */
  readonly native: readonly string[]
}

/** What an executor is told of a worker. */
export interface WorkRequest {
  readonly run: SharedRun
  readonly address: string
  /** Seconds for which a worker may be silent until another one takes its shard. */
  readonly lease: number
  /** Stops the worker: it gives back what it has, and takes no more. */
  readonly signal: AbortSignal
  /** Is told what is waited for, and what failed. */
  readonly say: (text: string) => void
  /** Computes one shard in a process of its own, which the signal stops. */
  readonly compute: (shard: Shard) => Promise<ShardEnd>
}

/** Has shards computed by a scheduler or a queue that is there already: a plugin of the kind `executor`. */
export interface Executor {
  /** Lower-case letters, digits and hyphens. */
  readonly id: string
  readonly contract: 1
  /** What an address begins with: `redis` for `redis://host`. */
  readonly schemes: readonly string[]
  /**
   * Looks whether the address answers, before anything is planned.
   * @throws INVALID_OPTION in one line that names what is missing
   */
  ready(address: string, role: 'submit' | 'work'): Promise<void>
  /** @throws INVALID_OPTION where the scheduler refuses */
  submit(request: SubmitRequest): Promise<Submission>
  /** Takes shards until it is stopped; only where workers fetch them. */
  work?(request: WorkRequest): Promise<void>
}

/** Declares an executor; what it is given comes back. */
export function defineExecutor(executor: Executor): Executor {
  return executor
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)

/**
 * Checks that a package's default export is an executor of this contract.
 * @throws INVALID_PLUGIN, INCOMPATIBLE_CONTRACT saying what is wrong with it
 */
export function assertExecutor(plugin: unknown): Executor {
  const refuse = (text: string): never => {
    throw new SaliencyError('INVALID_PLUGIN', text)
  }
  if (typeof plugin !== 'object' || plugin === null)
    return refuse('the default export is no executor: export what defineExecutor returns as default.')
  const { id, contract, schemes, ready, submit, work } = plugin as Partial<Record<keyof Executor, unknown>>
  if (contract !== 1)
    throw new SaliencyError(
      'INCOMPATIBLE_CONTRACT',
      `the default export has contract ${JSON.stringify(contract)}; executors have contract 1.`,
    )
  if (!isText(id)) refuse("the executor's id takes lower-case letters, digits and hyphens.")
  if (!Array.isArray(schemes) || schemes.length === 0 || !schemes.every(isText))
    refuse(`${String(id)}: schemes names what addresses begin with, for instance ['redis'].`)
  if (typeof ready !== 'function' || typeof submit !== 'function')
    refuse(`${String(id)} needs the functions ready and submit.`)
  if (work !== undefined && typeof work !== 'function') refuse(`${String(id)}: work is no function.`)
  return plugin as Executor
}
