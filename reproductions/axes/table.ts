/**
 * The tables of docs/explanation/where-axes-contradict.md, from run folders that `saliency report RUN` has judged.
 *
 *   node --conditions=@saliency/source --import jiti/register axes/table.ts NAME=RUN …
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { counted, type Finding } from '@saliency/core'
import {
  axes,
  type AxisVerdict,
  disagreementOf,
  isTooSmall,
  powerOfStudy,
  recommend,
  type StudyRecord,
  type StudySummary,
  verdictsOn,
} from '@saliency/report'

interface Run {
  readonly record: StudyRecord
  readonly summary: StudySummary
}

const read = (folder: string, file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'))

/** `−.03`, without the zero in front. */
const number = (value: number): string =>
  value
    .toFixed(2)
    .replace(/^(-?)0\./, '$1.')
    .replace('-.00', '.00')
    .replace('-', '−')

function estimate({ value, interval }: Pick<Finding, 'value' | 'interval'>): string {
  if (value === null) return '–'
  return interval ? `${number(value)} [${interval.map(number).join(', ')}]` : number(value)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

const asked = ({ summary }: Run) =>
  Object.keys(axes).filter((axis) => summary.checks.some(({ id }) => id === axes[axis]))

const verdictCell = (found: AxisVerdict | undefined) =>
  found ? `${found.outcome}, ${estimate({ ...found, value: found.value })}` : '–'

/** Every axis of every variant, and whether it can be used. */
function axesTable(run: Run): string {
  const names = asked(run)
  const advice = new Map(recommend(run.record, run.summary).map((one) => [one.variant, one]))
  const rows = run.record.identity.variants.map(({ id, control }) => {
    const verdicts = verdictsOn(id, run.summary)
    const own = advice.get(id)
    const use = control ? 'control' : own?.rank === undefined ? own!.use : `yes, rank ${own.rank}`
    return [`\`${id}\``, ...names.map((axis) => verdictCell(verdicts.find((one) => one.axis === axis))), use]
  })
  return table(['variant', ...names, 'can be used'], rows)
}

/** What each axis could have found, and how many images would decide what it leaves open. */
function powerTable(run: Run): string {
  const rows = powerOfStudy(run.record, run.summary).map((power) => {
    const { axis, finds, blind, variants } = power
    const open = run.record.identity.variants
      .filter(({ control }) => !control)
      .flatMap(({ id }) => verdictsOn(id, run.summary))
      .filter((one) => one.axis === axis && one.outcome === 'undecided')
    const needed = open.flatMap(({ notes }) => notes.filter((note) => /would decide/.test(note)))
    return [
      axis,
      finds === undefined ? '–' : number(finds),
      `${blind} of ${variants}${isTooSmall(power) ? ': too small to tell' : ''}`,
      open.length === 0
        ? 'nothing is open'
        : `${open.length} open: ${needed.join('; ') || 'images do not decide'}`,
    ]
  })
  return table(['axis', 'finds', 'may miss the clearest case of', 'undecided'], rows)
}

const truths = ['pattern', 'other-class'] as const

/** Where the grafted evidence is found: rank and mass of its pixels, for the class with the term and for one without. */
function truthTable({ record, summary }: Run): string {
  const findings = summary.checks.find(({ id }) => id === axes['truth'])?.findings
  if (!findings) return 'Nothing can be grafted onto this network.'
  const of = (variant: string, metric: string) =>
    findings.find((one) => one.variant === variant && one.metric === metric)
  const rows = record.identity.variants.map(({ id }) => [
    `\`${id}\``,
    ...['rank', 'mass'].flatMap((what) =>
      truths.map((prefix) => {
        const found = of(id, `${prefix}-${what}`)
        return found ? estimate(found) : '–'
      }),
    ),
  ])
  const head = [
    'variant',
    'rank, class with the term',
    'rank, another',
    'mass, class with the term',
    'mass, another',
  ]
  return table(head, rows)
}

/** Variants that one axis speaks for and another against, and those of which faithfulness says otherwise than dependence. */
function contradictions({ record, summary }: Run): string[] {
  const good = ['depends', 'the sign holds', 'finds the grafted truth', 'finds the parts']
  const open = ['undecided', 'undefined', 'not applicable']
  const torn = record.identity.variants
    .filter(({ control }) => !control)
    .flatMap(({ id }) => {
      const verdicts = verdictsOn(id, summary).filter(({ axis }) => axis in axes)
      const words = (list: readonly AxisVerdict[]) =>
        list.map(({ axis, outcome }) => `${axis}: ${outcome}`).join(', ')
      const pro = verdicts.filter(({ outcome }) => good.includes(outcome))
      const contra = verdicts.filter(({ outcome }) => !good.includes(outcome) && !open.includes(outcome))
      return pro.length > 0 && contra.length > 0 ? [`\`${id}\` – ${words(pro)}; but ${words(contra)}.`] : []
    })
  return [...torn, ...(disagreementOf(record, summary)?.contradictions ?? [])]
}

const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n')

for (const argument of process.argv.slice(2)) {
  const [name = '', folder = ''] = argument.split('=')
  const record = read(folder, 'study.json') as StudyRecord
  const run: Run = { record, summary: read(folder, 'summary.json') as StudySummary }
  const { images } = record.identity
  const control = run.summary.checks.find(({ id }) => id === 'goodhart')?.notes ?? []
  console.log(
    [
      `### ${name}: ${counted(images.count, 'image')} of ${images.name}`,
      axesTable(run),
      powerTable(run),
      truthTable(run),
      ...(control.length > 0 ? [list(control)] : []),
      list(contradictions(run)),
    ].join('\n\n'),
  )
}
