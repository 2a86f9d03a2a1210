import type { Finding, Row, Summary, VariantFacts } from '@saliency/core'
import { createResampling, type Resampling } from '../axis/resampling.ts'
import { inStudyOrder } from '../axis/study-order.ts'
import { groupRows } from '../axis/table.ts'
import { estimate } from '../statistics/estimate.ts'
import { undefinedNotes } from './undefined-notes.ts'

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

/** The mean over images of one metric of one variant, with its 95 % bootstrap interval. */
export function meanFinding(
  variant: string,
  metric: string,
  rows: readonly Row[],
  resampling: Resampling,
): Finding {
  const values = imageMeans(rows)
  const undefinedCount = rows.filter((row) => row.value === null).length
  const base = { variant, metric, images: values.length, undefinedCount }
  if (values.length === 0) return { ...base, value: null }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const { count, imageWeights } = resampling(values.length, 1)
  const replicates = Array.from({ length: count }, (_, resample) => {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += imageWeights[resample * values.length + i]! * values[i]!
    return sum / values.length
  })
  const interval = estimate(mean, replicates)!
  return { ...base, value: mean, interval: [interval.lower, interval.upper] }
}

/** Mean of every metric per variant, with a 95 % bootstrap interval over images; undefined values are counted. */
export function summariseMetrics(
  given: readonly Row[],
  facts: readonly VariantFacts[],
  notes: readonly string[] = [],
): Summary {
  const rows = inStudyOrder(given, facts)
  const resampling = createResampling(2000)
  const known = new Set(facts.map(({ id }) => id))
  const groups = groupRows(
    rows.filter((row) => known.has(row.variant)),
    (row) => `${row.variant}\n${row.metric}`,
  )
  const findings = [...groups].map(([key, group]) => {
    const [variant, metric] = key.split('\n') as [string, string]
    return meanFinding(variant, metric, group, resampling)
  })
  const counted = undefinedNotes(rows, 'values')
  return { findings, notes: [...notes, ...counted] }
}
