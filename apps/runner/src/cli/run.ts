import { resolve } from 'node:path'
import { counted, SaliencyError } from '@saliency/core'
import { parseRequirement, type Requirement } from '@saliency/report'
import { keepPictures, type RunOutcome, type Shard } from '@saliency/study'
import { folderStore, runStudy } from '@saliency/study/node'
import type { PlannedStudy } from '@saliency/toolkit'
import { readShard, type Registry } from '@saliency/toolkit/project'
import { exitCodes } from '../exit-codes.ts'
import { describePlan, printPlan } from './dry-run.ts'
import { prepareStudy, type StudyFlags } from './prepare.ts'
import { createProgress, type Progress } from './progress.ts'
import { finishStudy } from './report.ts'
import type { Terminal } from './terminal.ts'

/** Flags of `saliency run`. */
export interface RunFlags extends StudyFlags {
  readonly shard?: string
  readonly on?: string
  readonly shards?: number
  readonly cancelOnInterrupt?: boolean
  readonly scoringThreads?: number
  readonly sameBits?: boolean
  readonly scratch?: string
  readonly unitTimeout?: number
  readonly dryRun?: boolean
  readonly require?: readonly string[]
  readonly junit?: string
  readonly json?: boolean
}

/** `saliency run [CONFIG]`: plan, execute what is not finished, judge, report. A shard is executed, and no more. */
export async function runCommand(
  configPath: string | undefined,
  flags: RunFlags,
  terminal: Terminal,
): Promise<number> {
  const shard = flags.shard === undefined ? undefined : readShard(flags.shard)
  const { planned, registry } = await prepareStudy(
    configPath,
    flags,
    terminal,
    shard !== undefined && !flags.dryRun,
  )
  const { study, folder } = planned
  requirementsOf(planned, flags)
  if (flags.dryRun) {
    const plan = await describePlan(planned, shard)
    if (flags.json) terminal.out(JSON.stringify(plan))
    else printPlan(plan, study, terminal)
    return exitCodes.ok
  }
  const outcome = await execute(planned, flags, terminal, shard)
  if (shard) return finishShard(shard, outcome, folder, terminal)
  return finishRun(planned, flags, registry, terminal, outcome)
}

/** What must come out. @throws INVALID_OPTION for a variant or a check that the study lacks */
function requirementsOf({ record: { identity } }: PlannedStudy, flags: RunFlags): Requirement[] {
  const known = {
    variants: identity.variants.map(({ id }) => id),
    checks: identity.checks.map(({ id }) => id),
  }
  return (flags.require ?? []).flatMap((text) => parseRequirement(text, known))
}

/** Judges a run, whoever computed it. @param outcome what this process computed @returns the exit code */
export function finishRun(
  planned: PlannedStudy,
  flags: RunFlags,
  registry: Registry,
  terminal: Terminal,
  outcome: RunOutcome | undefined,
): Promise<number> {
  const { study, folder, record } = planned
  return finishStudy({
    folder,
    registry,
    terminal,
    json: flags.json === true,
    requirements: requirementsOf(planned, flags),
    ...(flags.junit !== undefined && { junit: resolve(flags.junit) }),
    said: (outcome?.record ?? record).skipped.map(({ id }) => id),
    keep: (images) => keepPictures(study, folderStore(folder), images),
    ...(outcome && outcome.done > 0 && { seconds: outcome.seconds }),
  })
}

/** Says what became of a shard. @returns the exit code */
function finishShard(
  { index, count }: Shard,
  { done, failed }: RunOutcome,
  folder: string,
  terminal: Terminal,
): number {
  for (const { unit, reason } of failed) terminal.error(`unit ${unit} failed: ${reason}`)
  terminal.out(
    `Shard ${index + 1}/${count}: ${counted(done, 'unit')} computed, ${failed.length} failed. When all shards are done: saliency report ${folder}`,
  )
  return failed.length > 0 ? exitCodes.someFailed : exitCodes.ok
}

/** Runs a study, or a shard of it, and shows how far it is. @throws INTERRUPTED */
async function execute(
  planned: PlannedStudy,
  { scoringThreads, scratch, unitTimeout, sameBits = false }: RunFlags,
  terminal: Terminal,
  shard: Shard | undefined,
): Promise<RunOutcome> {
  let progress: Progress | undefined
  const outcome = await runStudy(
    { ...planned, ...(shard && { shard }) },
    {
      signal: terminal.signal,
      sameBits,
      ...(scratch !== undefined && { scratch }),
      ...(unitTimeout !== undefined && { unitTimeout }),
      ...(scoringThreads !== undefined && { threads: scoringThreads }),
      events: (pending) => (progress = createProgress(planned.study, pending, terminal, shard)).events,
      say: terminal.error,
    },
  ).finally(() => progress?.stop())
  if (!outcome.interrupted) return outcome
  throw new SaliencyError(
    'INTERRUPTED',
    `\nStopped after ${counted(outcome.done, 'unit')}. Finished results are kept in ${planned.folder}; the same command goes on where it stopped.`,
  )
}
