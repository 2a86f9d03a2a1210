import { createRandom, type Measurement, type Row, type Summariser, type VariantFacts } from '@saliency/core'
import { quantileSorted } from 'simple-statistics'
import { byVariant } from '../verdict/by-variant.ts'
import { cellsOf, groupRows, indexOf } from '../verdict/table.ts'
import { imagesWithValues } from '../statistics/cells.ts'
import { estimate } from '../statistics/estimate.ts'
import { meanWithInfluence } from '../statistics/influence.ts'
import { spreadOf } from '../statistics/spread.ts'
import { ONE_DRAW } from '../statistics/verdict.ts'
import { countUndefined, undefinedIn, type UndefinedRows } from './undefined-notes.ts'

/** Mean per image over whatever the rows vary in (draws, subsets); images without a value are left out here and counted. */
function imageMeans(rows: readonly Row[]): Float64Array {
  const images = groupRows(
    rows.filter((row) => row.value !== null),
    (row) => row.image,
  )
  const ordered = [...images].sort(([a], [b]) => (a < b ? -1 : 1))
  return Float64Array.from(
    ordered,
    ([, group]) => group.reduce((sum, row) => sum + row.value!, 0) / group.length,
  )
}

/** 95 % percentile bootstrap interval of a mean over images, 2,000 resamples keyed by their number alone. */
function bootstrap(values: Float64Array): readonly [low: number, high: number] {
  const random = createRandom('verdict', 'bootstrap', values.length, 1)
  const means = Array.from({ length: 2000 }, () => {
    const weights = new Float64Array(values.length)
    for (let i = 0; i < values.length; i++) weights[random.integer(0, values.length - 1)]! += 1
    return weights.reduce((sum, weight, i) => sum + weight * values[i]!, 0) / values.length
  })
  means.sort((a, b) => a - b)
  return [quantileSorted(means, 0.025), quantileSorted(means, 0.975)]
}

/** The mean over images of one metric of one variant, with its 95 % bootstrap interval. */
export function meanFinding(variant: string, metric: string, rows: readonly Row[]): Measurement {
  const values = imageMeans(rows)
  const undefinedCount = rows.filter((row) => row.value === null).length
  const base = { variant, metric, images: values.length, undefinedCount }
  if (values.length === 0) return { ...base, value: null }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { ...base, value: mean, interval: bootstrap(values) }
}

/** The same where draws of random weights are shared by all images: an interval over both, none with one draw. */
export function meanOverDraws(variant: string, metric: string, rows: readonly Row[]): Measurement {
  const cells = cellsOf(rows, indexOf(rows), true)
  const { same: values } = cells.blocks[0]!
  const images = imagesWithValues([values], cells.draws)
  const { mean, influence } = meanWithInfluence(cells.blocks, 'same', values.length)
  const spread = spreadOf(cells, { same: influence, chance: new Float64Array() }, images)
  const undefinedCount = rows.filter((row) => row.value === null).length
  const { value, interval } = estimate(mean, spread) ?? { value: null }
  const notes = cells.draws === 1 ? [ONE_DRAW] : []
  const details = { draws: cells.draws }
  return { variant, metric, value, ...(interval && { interval }), images, undefinedCount, notes, details }
}

/** The means of one variant. */
interface MeasuredMetrics {
  readonly undefinedRows: UndefinedRows
  readonly findings: readonly Measurement[]
}

/**
 * Mean of every metric per variant with its interval; undefined values are counted.
 * @param finding how rows become a mean: over images, unless said otherwise
 */
export function metricsSummariser(
  facts: readonly VariantFacts[],
  notes: readonly string[] = [],
  finding: typeof meanFinding = meanFinding,
): Summariser<MeasuredMetrics> {
  const known = new Set(facts.map(({ id }) => id))
  const undefinedRows = countUndefined('values')
  const findings: Measurement[] = []
  return {
    measure: (variant, rows) => ({
      undefinedRows: undefinedIn(rows),
      findings: known.has(variant)
        ? [...groupRows(rows, (row) => row.metric)].map(([metric, group]) => finding(variant, metric, group))
        : [],
    }),
    add(_, measured) {
      undefinedRows.add(measured.undefinedRows)
      findings.push(...measured.findings)
    },
    finish: () => ({ findings, notes: [...notes, ...undefinedRows.notes()] }),
  }
}

/** The summary of a check that says no more than the mean of every metric. */
export function meansByVariant(
  notes?: readonly string[],
  finding?: typeof meanFinding,
): ReturnType<typeof byVariant> {
  return byVariant(({ variants }) => metricsSummariser(variants, notes, finding))
}
