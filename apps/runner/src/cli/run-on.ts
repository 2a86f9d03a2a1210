import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { counted, SaliencyError } from '@saliency/core'
import {
  continueRun,
  forgetTries,
  mostShards,
  openShards,
  type SharedRun,
  type Shard,
  type Submission,
} from '@saliency/study'
import { folderStore, openRun } from '@saliency/study/node'
import type { PlannedStudy } from '@saliency/toolkit'
import { executorFor, shownAddress } from '@saliency/toolkit/project'
import { openProject } from './discover.ts'
import { prepareIn } from './prepare.ts'
import { createDisplay } from './progress.ts'
import { finishRun, type RunFlags } from './run.ts'
import { statusCommand } from './status.ts'
import type { Terminal } from './terminal.ts'

/** How this command was called. */
export interface Invocation {
  /** The words of the command line, without what follows `--`. */
  readonly args: readonly string[]
  /** What follows `--`: options of a scheduler. */
  readonly native: readonly string[]
}

/** Shards that are submitted where no number is given: as many as have something to do, up to this. */
const SHARDS = 100

/** Options that say where shards are computed or what is done with them all, and how many words they have. */
const notOfShards: Readonly<Record<string, number>> = {
  '--on': 2,
  '--shards': 2,
  '--lease': 2,
  '--require': 2,
  '--junit': 2,
  '--json': 1,
  '--cancel-on-interrupt': 1,
}

/** The options of a command line that a shard takes, too. */
export function shardOptions([, ...args]: readonly string[]): string[] {
  const own: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string
    const [name = '', value] = word.split(/=(.*)/s)
    const words = notOfShards[name]
    if (words === undefined) own.push(word)
    else if (value === undefined) at += words - 1
  }
  return own
}

/** A run as an executor takes it: the same command, which computes a share. */
export function sharedRun(
  { folder, study: { run } }: PlannedStudy,
  { root, plugin = [] }: RunFlags,
  args: readonly string[],
): SharedRun {
  const saliency = [process.execPath, ...process.execArgv, resolve(process.argv[1] ?? '')]
  const report = ['report', folder, ...plugin.flatMap((name) => ['--plugin', name])]
  return {
    run,
    folder,
    command: [...saliency, 'run', ...shardOptions(args), '--shard'],
    report: [...saliency, ...report, ...(root === undefined ? [] : ['--root', root])],
  }
}

/** Shows where the shards are until all have ended. @throws INTERRUPTED on Ctrl-C, which leaves them, or cancels them if that is asked for */
async function follow(
  submission: Submission,
  shards: number,
  folder: string,
  { cancelOnInterrupt }: RunFlags,
  terminal: Terminal,
): Promise<void> {
  const display = createDisplay(terminal, shards)
  try {
    for await (const { waiting, running, ended } of submission.follow(terminal.signal))
      display.show(Math.min(ended, shards), '…', `${running} running, ${waiting} waiting, ${ended} ended`)
  } finally {
    display.stop()
  }
  if (!terminal.signal.aborted) return
  if (cancelOnInterrupt) await submission.cancel()
  const what = cancelOnInterrupt ? 'Cancelled' : 'Not followed any more: the shards go on'
  throw new SaliencyError('INTERRUPTED', `\n${what}. How far they are: saliency status ${folder}`)
}

/** The units as the folder has them cut, and the shards that still have something to do. */
async function planShards(planned: PlannedStudy, wanted: number | undefined): Promise<readonly Shard[]> {
  const store = folderStore(planned.folder)
  const { units } = await continueRun(store, planned.record)
  await forgetTries(store)
  const study = { ...planned.study, plan: { ...planned.study.plan, units } }
  return openShards(study, store, wanted ?? Math.min(SHARDS, mostShards(units)))
}

/** Whether every unit is done and there is a report: a scheduler may lose the job that makes it like any other. */
async function isReported(folder: string): Promise<boolean> {
  const { record, finished } = await openRun(folder)
  return finished.length === record.units.length && existsSync(join(folder, 'report.html'))
}

/**
 * `saliency run … --on ADDRESS`: plans, hands the shards that are not finished to a scheduler or a queue, follows them, and
 * judges what they left.
 * @throws INVALID_OPTION in one line where the address cannot be used; INTERRUPTED
 */
export async function runElsewhere(
  configPath: string | undefined,
  flags: RunFlags & { readonly on: string },
  { args, native }: Invocation,
  terminal: Terminal,
): Promise<number> {
  const { on, json, require, junit } = flags
  const project = await openProject(flags, { config: configPath })
  const executor = executorFor(on, project.registry)
  if (native.length > 0 && executor.work)
    throw new SaliencyError('INVALID_OPTION', `--on ${shownAddress(on)} takes nothing after --.`)
  await executor.ready(on, 'submit')
  const planned = await prepareIn(project, flags, terminal, true, flags.shards)
  const { folder } = planned
  const shards = await planShards(planned, flags.shards)
  let reports = false
  if (shards.length > 0) {
    const run = sharedRun(planned, flags, args)
    const submission = await executor.submit({ run, shards, address: on, native })
    terminal.error(`${counted(shards.length, 'shard')} submitted: ${submission.id}.`)
    if (executor.work)
      terminal.error(
        `Workers take them: saliency worker ${shardOptions(args).join(' ')} --on ${shownAddress(on)}`,
      )
    await follow(submission, shards.length, folder, flags, terminal)
    reports = submission.reports
  }
  if (!reports || !(await isReported(folder)) || json || require || junit !== undefined)
    return finishRun(planned, flags, project.registry, terminal, undefined)
  terminal.out(`Report: ${folder}/report.html`)
  return statusCommand(folder, {}, terminal)
}
