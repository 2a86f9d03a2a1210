import type { Curve, Row, ScoreContext, Summary } from '@saliency/core'
import type { Comparison } from '../axis/score-pairs.ts'
import { groupRows } from '../axis/table.ts'
import { rowsOfImage } from '../metrics/image-rows.ts'

/** Spread of the logits over classes under random weights, as a share of the trained model's. */
const LOGIT_SPREAD = 'logit-spread'
/** Root mean square of a map under random weights, as a share of the trained model's map. */
const MAP_SCALE = 'map-scale'

/** True for rows that describe scale, not similarity. */
export function isCollapseRow({ metric }: Row): boolean {
  return metric === LOGIT_SPREAD || metric === MAP_SCALE
}

function rms(values: Float32Array, mean = 0): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

function spread(values: Float32Array): number {
  return rms(values, values.reduce((sum, value) => sum + value, 0) / values.length)
}

/** One image's share of an array that holds `count` of them. */
function part(values: Float32Array, image: number, count: number): Float32Array {
  const size = values.length / count
  return values.subarray(image * size, (image + 1) * size)
}

/**
 * How far logits and maps shrink or grow under random weights: a collapse, which normalisation hides, explains many curves.
 * The first draw only; where maps come without logits, the scale of the maps alone.
 */
export async function collapseRows(
  { maps, group, variant }: Pick<ScoreContext, 'maps' | 'group' | 'variant'>,
  comparisons: readonly Comparison[],
): Promise<Row[]> {
  const rows: Row[] = []
  for (const { from, to, condition, protocol } of comparisons.filter((one) => one.protocol['draw'] === 0)) {
    const [before, after] = [await maps(from), await maps(to)]
    const count = group.images.length
    for (const [i, image] of group.images.entries()) {
      const scale = rms(part(after.data, i, count)) / rms(part(before.data, i, count))
      const logits =
        before.logits && after.logits
          ? { [LOGIT_SPREAD]: spread(part(after.logits, i, count)) / spread(part(before.logits, i, count)) }
          : {}
      rows.push(...rowsOfImage({ variant, condition, protocol }, image, { [MAP_SCALE]: scale, ...logits }))
    }
  }
  return rows
}

function mean(rows: readonly Row[]): number | null {
  const values = rows.flatMap(({ value }) => (value === null ? [] : [value]))
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

function curve(variant: string, metric: string, rows: readonly Row[]): Curve {
  const steps = [...groupRows(rows, (row) => String(row.protocol['step']))].sort(
    ([a], [b]) => Number(a) - Number(b),
  )
  const points = steps.map(([step, group]) => ({
    x: Number(step),
    label: String(group[0]!.protocol['block']),
    y: mean(group),
  }))
  return { variant, metric, points: [{ x: 0, label: 'original', y: 1 }, ...points] }
}

/** Outside of these shares of the trained model's spread, a note says so. */
const [COLLAPSED, EXPLODED] = [0.01, 100]

function scaleNotes(spread: Curve | undefined): string[] {
  const found = spread?.points.find(({ y }) => y !== null && (y < COLLAPSED || y > EXPLODED))
  if (!found || found.y === null || found.y === undefined) return []
  const what = found.y < COLLAPSED ? 'collapse' : 'explode'
  const factor = found.y.toPrecision(2)
  return [
    `The logits ${what}: at ${found.label} their spread is ${factor} times the trained model's. Beyond it, similarities may say more about scale than about the methods; another batch-norm policy or initialiser tells.`,
  ]
}

/** Curves of both shares, the logits' once for all variants, and a note where the logits collapse or explode. */
export function summariseCollapse(rows: readonly Row[]): Required<Pick<Summary, 'curves' | 'notes'>> {
  const groups = [...groupRows(rows, ({ variant, metric }) => `${variant}\n${metric}`)]
  const curves = groups.map(([key, group]) => curve(key.split('\n')[0]!, key.split('\n')[1]!, group))
  const logits = curves.filter(({ metric }) => metric === LOGIT_SPREAD).slice(0, 1)
  const scales = curves.filter(({ metric }) => metric === MAP_SCALE)
  return { curves: [...scales, ...logits], notes: scaleNotes(logits[0]) }
}
