import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { continueRun, type Shard, type ShardEnd, type SharedRun } from '@saliency/study'
import { folderStore, studyFile } from '@saliency/study/node'
import { executorFor, shownAddress } from '@saliency/toolkit/project'
import { exitCodes } from '../exit-codes.ts'
import { openProject, type Project } from './discover.ts'
import { prepareIn, type StudyFlags } from './prepare.ts'
import { type Invocation, shardOptions, sharedRun } from './run-on.ts'
import { ended, startWork } from './supervise.ts'
import type { Terminal } from './terminal.ts'

/** Flags of `saliency worker`. */
export interface WorkerFlags extends StudyFlags {
  readonly on: string
  readonly lease: number
}

/** What the exit code of a shard's process, or the signal that ended it, says to a queue. */
function endOf(code: number | null, signal: NodeJS.Signals | null, isStopped: boolean): ShardEnd {
  if (isStopped || code === exitCodes.interrupted) return { kind: 'stopped', reason: 'It was asked to stop.' }
  if (signal) return { kind: 'died', reason: ended(signal) }
  if (code === exitCodes.ok) return { kind: 'done', reason: 'Every unit is done.' }
  if (code === exitCodes.someFailed)
    return { kind: 'done', reason: 'Some units failed, and the run folder says why.' }
  if (code === exitCodes.badInput) return { kind: 'refused', reason: 'Nothing can be computed here.' }
  return { kind: 'died', reason: `The process ended with code ${code}.` }
}

/** Computes a shard in a process of its own: the engine blocks its thread, and the lease must be renewed meanwhile. */
function computeShard(
  { index, count }: Shard,
  args: readonly string[],
  signal: AbortSignal,
): Promise<ShardEnd> {
  const script = resolve(process.argv[1] ?? '')
  const work = startWork(script, ['run', ...shardOptions(args), '--shard', `${index + 1}/${count}`])
  const stop = () => work.stop()
  signal.addEventListener('abort', stop)
  return new Promise((done) => {
    work.process.once('exit', (code, by) => {
      signal.removeEventListener('abort', stop)
      done(endOf(code, by, work.isStopped))
    })
  })
}

/**
 * The run that this worker's options mean. What was loaded to find out is not kept: the work is done in other processes.
 * @throws INVALID_RUN if the folder holds none yet, or another one: then what differs is listed
 */
async function runOf(
  project: Project,
  flags: WorkerFlags,
  args: readonly string[],
  terminal: Terminal,
): Promise<SharedRun> {
  const planned = await prepareIn(project, flags, terminal)
  const { folder, record } = planned
  if (!existsSync(studyFile(folder)))
    throw new SaliencyError(
      'INVALID_RUN',
      `${folder} holds no study yet: \`saliency run\` with --on ${shownAddress(flags.on)} or \`saliency plan\` begins it, on the disk that all machines see.`,
    )
  await continueRun(folderStore(folder), record)
  return sharedRun(planned, flags, args)
}

/**
 * `saliency worker [CONFIG] --out RUN --on ADDRESS`: takes shards of a run from a queue until it is stopped. A shard whose
 * process says that nothing can be computed here (a full disk, a model that is not there) stops the worker, and goes back.
 * @throws INVALID_OPTION in one line where the address cannot be used; INVALID_RUN
 */
export async function workerCommand(
  configPath: string | undefined,
  flags: WorkerFlags,
  { args }: Invocation,
  terminal: Terminal,
): Promise<number> {
  const { on, lease } = flags
  const project = await openProject(flags, { config: configPath })
  const executor = executorFor(on, project.registry)
  if (!executor.work)
    throw new SaliencyError(
      'INVALID_OPTION',
      `--on ${on} has no workers: \`saliency run\` with it starts the shards.`,
    )
  await executor.ready(on, 'work')
  const run = await runOf(project, flags, args, terminal)
  const refused = new AbortController()
  const signal = AbortSignal.any([terminal.signal, refused.signal])
  terminal.error(`Waiting for shards of run ${run.run} …`)
  await executor.work({
    run,
    address: on,
    lease,
    signal,
    say: terminal.error,
    async compute(shard) {
      const name = `Shard ${shard.index + 1}/${shard.count}`
      terminal.error(`${name} begins.`)
      const end = await computeShard(shard, args, signal)
      if (end.kind !== 'done') terminal.error(`${name}: ${end.reason}`)
      if (end.kind === 'refused') refused.abort()
      return end
    },
  })
  if (!refused.signal.aborted) return exitCodes.interrupted
  terminal.error('This worker takes no more shards; the one that it had went back.')
  return exitCodes.badInput
}
