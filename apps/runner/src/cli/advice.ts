import { join, resolve } from 'node:path'
import { counted, SaliencyError } from '@saliency/core'
import {
  type Advice,
  agreementOf,
  agreementOn,
  agreementSentence,
  compareRuns,
  comparisonPage,
  isTooSmall,
  type JudgedRun,
  powerOfStudy,
  powerSentence,
  recommend,
  saliencyCard,
} from '@saliency/report'
import { openRun } from '@saliency/study/node'
import { writeAtomically } from '@saliency/study/system'
import pc from 'picocolors'
import { judgeStudy } from '@saliency/toolkit'
import { exitCodes } from '../exit-codes.ts'
import { type CommonFlags, openProject } from './discover.ts'
import type { Terminal } from './terminal.ts'

/** Flags of the commands that read judged runs. */
export interface AdviceFlags extends CommonFlags {
  readonly json?: boolean
  readonly out?: string
  readonly run?: string
}

async function judged(folder: string, flags: AdviceFlags): Promise<JudgedRun> {
  const { registry } = await openProject(flags)
  const run = await openRun(folder)
  const { summary } = await judgeStudy(run, { checks: registry.checks })
  return { record: run.record, summary }
}

const headings: Readonly<Record<Advice['use'], string>> = {
  yes: 'Can be used on this model:',
  undecided: 'Undecided:',
  no: 'Cannot be used on this model:',
}

/** `saliency recommend RUN`: which variants can be used on the run's model, and why. */
export async function recommendCommand(
  folder: string,
  flags: AdviceFlags,
  terminal: Terminal,
): Promise<number> {
  const { record, summary } = await judged(folder, flags)
  const advice = recommend(record, summary)
  const power = powerOfStudy(record, summary)
  if (flags.json) {
    terminal.out(
      JSON.stringify({
        format: 1,
        run: record.run,
        model: record.identity.model.name,
        power,
        advice,
        protocols: agreementOf(record.identity.variants, summary),
      }),
    )
    return exitCodes.ok
  }
  for (const one of power.filter(isTooSmall)) terminal.out(powerSentence(one))
  for (const use of ['yes', 'undecided', 'no'] as const) {
    const own = advice.filter((one) => one.use === use)
    if (own.length === 0) continue
    terminal.out(pc.bold(headings[use]))
    for (const { variant, rank, reasons } of own) {
      const isTied = own.filter((one) => one.rank === rank).length > 1
      const place = rank === undefined ? '' : `${rank}.${isTied ? ' (tied)' : ''} `
      terminal.out(`  ${place}${variant}: ${reasons.join(' ')}`)
      for (const line of agreementOn(variant, summary).map(agreementSentence))
        terminal.out(pc.dim(`      ${line}`))
    }
  }
  for (const one of power.filter((each) => !isTooSmall(each))) terminal.out(powerSentence(one))
  return exitCodes.ok
}

/** `saliency card METHOD/VARIANT --run RUN`: a saliency card with the run's evidence. */
export async function cardCommand(variant: string, flags: AdviceFlags, terminal: Terminal): Promise<number> {
  if (flags.run === undefined)
    throw new SaliencyError('INVALID_OPTION', 'card: the run is missing. Add --run FOLDER.')
  const { record, summary } = await judged(flags.run, flags)
  const card = saliencyCard(variant, record, summary)
  if (flags.out === undefined) terminal.out(card)
  else writeAtomically(resolve(flags.out), card)
  return exitCodes.ok
}

/** `saliency compare RUN_A RUN_B`: what changed from one run to the other. */
export async function compareCommand(
  folders: readonly [before: string, after: string],
  flags: AdviceFlags,
  terminal: Terminal,
): Promise<number> {
  const [before, after] = [await judged(folders[0], flags), await judged(folders[1], flags)]
  const comparison = compareRuns(before, after)
  const report = flags.out === undefined ? undefined : join(resolve(flags.out), 'comparison.html')
  if (report !== undefined) writeAtomically(report, comparisonPage(comparison, before, after))
  if (flags.json) {
    const runs = { before: before.record.run, after: after.record.run }
    terminal.out(JSON.stringify({ format: 1, ...runs, ...comparison, ...(report && { report }) }))
    return exitCodes.ok
  }
  for (const { setting, before: old, after: fresh } of comparison.settings)
    terminal.out(`${setting}: ${old} → ${fresh}`)
  const changed = comparison.differences.filter((one) => one.changed)
  terminal.out(`${changed.length} of ${counted(comparison.differences.length, 'verdict')} changed.`)
  for (const { variant, axis, before: old, after: fresh, beyondChance } of changed) {
    const limit = beyondChance ? '' : pc.dim(' (intervals overlap)')
    terminal.out(`  ${variant}, ${axis}: ${old.outcome} → ${fresh.outcome}${limit}`)
  }
  const only = [...comparison.onlyBefore, ...comparison.onlyAfter]
  if (only.length > 0) terminal.out(pc.dim(`Not compared, in one run only: ${only.join(', ')}.`))
  if (report !== undefined) terminal.out(`Report: ${report}`)
  return exitCodes.ok
}
