import type { Finding } from '@saliency/core'
import pc from 'picocolors'
import type { CheckSummary, StudySummary } from '@saliency/study'
import { textTable } from './text-table.ts'

const number = (value: unknown) =>
  typeof value === 'number' ? value.toFixed(2).replace('-0.', '-.').replace(/^0\./, '.') : '–'

function range({ value, interval }: Finding): string {
  if (value === null) return '–'
  return interval ? `${number(value)} [${number(interval[0])}, ${number(interval[1])}]` : number(value)
}

function colour(outcome: string): string {
  if (outcome === 'depends') return pc.green(outcome)
  return outcome === 'does not depend' || outcome === 'static' ? pc.red(outcome) : pc.yellow(outcome)
}

function verdictCell(finding: Finding | undefined): string {
  if (!finding) return ''
  return finding.outcome === undefined ? pc.dim('shown, not judged') : colour(finding.outcome)
}

function retainedCell(finding: Finding | undefined): string {
  if (!finding) return ''
  return finding.outcome === undefined ? range(finding) : pc.dim(finding.outcome)
}

/** Checks that give verdicts. */
export function judgingChecks({ checks }: StudySummary): CheckSummary[] {
  return checks.filter(({ findings }) => findings.some(({ kind }) => kind === 'verdict'))
}

/** Lines of measurements in the terminal; the report has all of them. */
const SHOWN = 40

/** What checks without verdicts measured: one line a variant and metric. */
function measurementTable({ checks }: StudySummary, columns: number | undefined): string {
  const findings = checks.flatMap((check) => check.findings)
  const rows = findings.slice(0, SHOWN).map((finding) => {
    const { variant, metric, outcome = '', undefinedCount } = finding
    return [variant, metric, range(finding), outcome, undefinedCount === 0 ? '' : undefinedCount]
  })
  const table = textTable(['variant', 'metric', 'value', '', 'undefined'], rows, columns)
  const more = findings.length - SHOWN
  return more > 0 ? `${table}\n… and ${more} more in the report` : table
}

/** What limits every verdict alike: too few images, for instance. */
function limitsOf(checks: readonly CheckSummary[]): string {
  const verdicts = checks.flatMap(({ findings }) => findings.filter(({ kind }) => kind === 'verdict'))
  const notes = verdicts.map((verdict) => verdict.notes ?? [])
  const shared = notes[0]?.filter((note) => notes.every((list) => list.includes(note))) ?? []
  return shared.length > 0 ? pc.dim(`\nEvery verdict: ${shared.join('; ')}.`) : ''
}

/** One line a variant, one pair of columns a judged check; where nothing is judged, what was measured. */
export function verdictTable(
  summary: StudySummary,
  variants: readonly {
    readonly id: string
    readonly handling: string
    readonly control: boolean
    readonly counterpart?: string
  }[],
  columns?: number,
): string {
  const checks = judgingChecks(summary)
  if (checks.length === 0) return measurementTable(summary, columns)
  const titles = checks.flatMap(({ title }) => [title, 'retained dependence'])
  const rows: string[][] = []
  for (const { id, handling, control } of variants) {
    const cells = checks.flatMap(({ findings }) => {
      const own = findings.filter(({ variant }) => variant === id)
      return [
        verdictCell(own.find(({ kind }) => kind === 'verdict')),
        retainedCell(own.find(({ kind }) => kind === 'contrast')),
      ]
    })
    if (cells.some((cell) => cell !== ''))
      rows.push([control ? pc.dim(`${id} (control)`) : id, handling, ...cells])
  }
  return `${textTable(['variant', 'handling', ...titles], rows, columns)}${limitsOf(checks)}`
}
