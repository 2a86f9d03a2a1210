import type { Finding } from '@saliency/core'
import Table from 'cli-table3'
import pc from 'picocolors'
import type { CheckSummary, StudySummary } from '@saliency/study'

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
function measurementTable({ checks }: StudySummary): string {
  const findings = checks.flatMap((check) => check.findings)
  const table = new Table({
    head: ['variant', 'metric', 'value', '', 'undefined'].map((text) => pc.bold(text)),
    style: { head: [], border: [], compact: true },
  })
  for (const finding of findings.slice(0, SHOWN)) {
    const { variant, metric, outcome = '', undefinedCount } = finding
    table.push([variant, metric, range(finding), outcome, undefinedCount === 0 ? '' : String(undefinedCount)])
  }
  const more = findings.length - SHOWN
  return more > 0 ? `${table.toString()}\n… and ${more} more in the report` : table.toString()
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
): string {
  const checks = judgingChecks(summary)
  if (checks.length === 0) return measurementTable(summary)
  const titles = checks.flatMap(({ title }) => [title, 'retained dependence'])
  const table = new Table({
    head: ['variant', 'handling', ...titles].map((text) => pc.bold(text)),
    style: { head: [], border: [], compact: true },
  })
  for (const { id, handling, control } of variants) {
    const cells = checks.flatMap(({ findings }) => {
      const own = findings.filter(({ variant }) => variant === id)
      return [
        verdictCell(own.find(({ kind }) => kind === 'verdict')),
        retainedCell(own.find(({ kind }) => kind === 'contrast')),
      ]
    })
    if (cells.some((cell) => cell !== ''))
      table.push([control ? pc.dim(`${id} (control)`) : id, handling, ...cells])
  }
  return `${table.toString()}${limitsOf(checks)}`
}
