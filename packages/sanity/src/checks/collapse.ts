import type { Curve, Row, ScoreContext, Summary } from '@saliency/core'
import type { Comparison } from '../verdict/score-pairs.ts'
import { groupRows } from '../verdict/table.ts'
import { rowsOfImage } from '../metrics/image-rows.ts'
import { ACTIVATION_SCALE, activationCurves, activationNotes, activationRows } from './activation-scale.ts'
import { scaleCurve } from './scale-curve.ts'

/** Spread of the logits over classes under random weights, as a share of the trained model's. */
export const LOGIT_SPREAD = 'logit-spread'
/** Root mean square of a map under random weights, as a share of the trained model's map. */
const MAP_SCALE = 'map-scale'

/** True for rows that describe scale, not similarity. */
export function isCollapseRow({ metric }: Row): boolean {
  return metric === LOGIT_SPREAD || metric === MAP_SCALE || metric === ACTIVATION_SCALE
}

/** A loop by index: `reduce` takes ten times as long, and there are many maps. */
function rms(values: Float32Array, mean = 0): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const off = values[i]! - mean
    sum += off * off
  }
  return Math.sqrt(sum / values.length)
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
 * How far activations, logits and maps shrink or grow under random weights: a collapse, which normalisation hides, explains
 * many curves. The first draw only; where maps come without logits or activations, the scale of the maps alone.
 */
export async function collapseRows(
  { maps, group, variant }: Pick<ScoreContext, 'maps' | 'group' | 'variant'>,
  comparisons: readonly Comparison[],
): Promise<Row[]> {
  const rows: Row[] = []
  for (const comparison of comparisons.filter((one) => one.protocol['draw'] === 0)) {
    const { from, to, condition, protocol } = comparison
    const [before, after] = [await maps(from), await maps(to)]
    rows.push(...activationRows(before, after, { variant, group, comparison }))
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The logits alone are told of where no activations are recorded, as in runs of earlier versions. */
function logitNotes(spread: Curve | undefined): string[] {
  if (!spread) return []
  return activationNotes([{ ...spread, metric: `${ACTIVATION_SCALE} at the logits` }])
}

/** Curves of one variant: of its maps' scale, and of what is the same for all variants. */
export interface MeasuredCollapse {
  readonly maps?: Curve
  readonly logits?: Curve
  readonly activations: readonly Curve[]
}

/** Curves of all shares, activations and logits once for all variants, and a note where activations collapse or explode. */
export function collapseSummariser(): {
  measure(variant: string, rows: readonly Row[]): MeasuredCollapse
  add(measured: MeasuredCollapse): void
  finish(): Required<Pick<Summary, 'curves' | 'notes'>>
} {
  const scales: Curve[] = []
  let logits: Curve | undefined
  let activations: readonly Curve[] = []
  return {
    measure(variant, rows) {
      const {
        [MAP_SCALE]: maps,
        [LOGIT_SPREAD]: spreads,
        [ACTIVATION_SCALE]: blocks,
      } = Object.fromEntries(groupRows(rows, ({ metric }) => metric))
      return {
        ...(maps && { maps: scaleCurve(variant, MAP_SCALE, maps, mean) }),
        ...(spreads && { logits: scaleCurve(variant, LOGIT_SPREAD, spreads, mean) }),
        activations: blocks ? activationCurves(variant, blocks) : [],
      }
    },
    add(measured) {
      if (measured.maps) scales.push(measured.maps)
      logits ??= measured.logits
      if (activations.length === 0) activations = measured.activations
    },
    finish() {
      const notes = activations.length > 0 ? activationNotes(activations) : logitNotes(logits)
      return { curves: [...scales, ...(logits ? [logits] : []), ...activations], notes }
    },
  }
}
