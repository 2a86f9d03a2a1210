/**
 * The tables of docs/explanation/positive-gradients-in-transformers.md, from what `saliency report RUN --json` prints.
 *
 *   node --conditions=@saliency/source --import jiti/register transformers/table.ts NAME=report.json …
 */
import { readFileSync } from 'node:fs'
import type { Contrast, Estimated, Finding, Verdict } from '@saliency/core'

/** What `saliency report RUN --json` prints, as far as it is read here. */
interface Report {
  readonly checks: readonly { readonly id: string; readonly findings: readonly Finding[] }[]
}

const AXES = { class: 'class-sensitivity', parameters: 'parameter-randomization' } as const
type Axis = keyof typeof AXES

/** `−.03`, without the zero in front. */
const number = (value: number) =>
  value
    .toFixed(2)
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '−')
const estimate = ({ value, interval }: Estimated) =>
  interval ? `${number(value)} [${interval.map(number).join(', ')}]` : number(value)

const isVerdict = (finding: Finding): finding is Verdict => finding.kind === 'verdict'
const isContrast = (finding: Finding): finding is Contrast => finding.kind === 'contrast'

const findingsOf = ({ checks }: Report, axis: Axis) =>
  checks.find(({ id }) => id === AXES[axis])?.findings ?? []

/** s, e and the outcome of one variant on one axis. */
function verdictCells(found: Verdict | undefined): string {
  if (!found) return '– | – | –'
  const { value, interval, same, outcome } = found
  const e = value === null ? '–' : estimate({ value, ...(interval && { interval }) })
  const changes = found.changes ? ' (changes with the bound)' : ''
  return `${same ? estimate(same) : '–'} | ${e} | ${outcome ? `${outcome}${changes}` : 'shown, not judged'}`
}

function verdictTable(name: string, report: Report): string {
  const [byClass, byParameters] = (Object.keys(AXES) as Axis[]).map(
    (axis) =>
      new Map(
        findingsOf(report, axis)
          .filter(isVerdict)
          .map((finding) => [finding.variant, finding]),
      ),
  )
  const rows = [...(byClass?.keys() ?? [])].map(
    (variant) =>
      `| \`${variant}\` | ${verdictCells(byClass?.get(variant))} | ${verdictCells(byParameters?.get(variant))} |`,
  )
  return [
    `### ${name}`,
    '',
    '| variant | class: s | e | outcome | parameters: s | e | outcome |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** Retained dependence of a positive variant, beside its sibling, on one axis. */
function ratio(found: Contrast | undefined): string {
  if (!found) return '–'
  const { value, interval, pHolm } = found
  if (value === null) return found.outcome ?? '–'
  const p =
    pHolm === undefined ? '' : pHolm < 0.001 ? ', p < .001' : `, p = ${pHolm.toFixed(3).replace(/^0/, '')}`
  return `${estimate({ value, ...(interval && { interval }) })}${p}`
}

function contrastTable(reports: readonly (readonly [name: string, Report])[]): string {
  const columns = reports.flatMap(([name, report]) =>
    (Object.keys(AXES) as Axis[]).map((axis) => ({
      title: `${name}, ${axis}`,
      found: new Map(
        findingsOf(report, axis)
          .filter(isContrast)
          .map((one) => [`${one.variant} | ${one.counterpart}`, one]),
      ),
    })),
  )
  const pairs = [...new Set(columns.flatMap(({ found }) => [...found.keys()]))]
  const rows = pairs.map((pair) => {
    const [variant, counterpart] = pair.split(' | ')
    return `| \`${variant}\` | \`${counterpart}\` | ${columns.map(({ found }) => ratio(found.get(pair))).join(' | ')} |`
  })
  return [
    `| variant | counterpart | ${columns.map(({ title }) => title).join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n')
}

const reports = process.argv.slice(2).map((argument) => {
  const [name = '', file = ''] = argument.split('=')
  return [name, JSON.parse(readFileSync(file, 'utf8')) as Report] as const
})
console.log(
  [contrastTable(reports), ...reports.map(([name, report]) => verdictTable(name, report))].join('\n\n'),
)
