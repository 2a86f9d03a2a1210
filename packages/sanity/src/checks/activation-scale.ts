import type { Curve, GroupMaps, ImageGroup, Row } from '@saliency/core'
import { groupRows } from '../verdict/table.ts'
import type { Comparison } from '../verdict/score-pairs.ts'
import { rowsOfImage } from '../metrics/image-rows.ts'
import { scaleCurve } from './scale-curve.ts'

/** Root mean square of the activations at the end of a block under random weights, as a share of the trained model's. */
export const ACTIVATION_SCALE = 'activation-scale'

/** Outside of these shares of the trained model's, a note says so. */
const [COLLAPSED, EXPLODED] = [0.01, 100]

/** Root mean square over a group's images at one block. */
function scaleAt({ activations }: GroupMaps, block: number): number {
  const { scales, blocks } = activations!
  let sum = 0
  for (let at = block; at < scales.length; at += blocks.length) sum += scales[at]! ** 2
  return Math.sqrt((sum * blocks.length) / scales.length)
}

/**
 * One row a block and group: activations do not depend on what is explained, so that rows of every image would say the same
 * for every variant over and over. Empty where maps come without activations.
 */
export function activationRows(
  before: GroupMaps,
  after: GroupMaps,
  { variant, group, comparison }: { variant: string; group: ImageGroup; comparison: Comparison },
): Row[] {
  if (!before.activations || !after.activations) return []
  const { condition, protocol } = comparison
  const image = { ...group.images[0]!, id: `group ${group.index}` }
  return after.activations.blocks.flatMap((at, block) => {
    const share = scaleAt(after, block) / scaleAt(before, block)
    return rowsOfImage({ variant, condition, protocol: { ...protocol, at, depth: block } }, image, {
      [ACTIVATION_SCALE]: share,
    })
  })
}

/** The geometric mean over groups: a share of 100 and one of .01 are equally far from 1. */
function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

/** A curve along the steps for the end of each block in execution order, from one variant's rows: those of the others say the same. */
export function activationCurves(variant: string, rows: readonly Row[]): Curve[] {
  const byDepth = [...groupRows(rows, ({ protocol }) => String(protocol['depth']))]
  byDepth.sort(([a], [b]) => Number(a) - Number(b))
  return byDepth.map(([, ofBlock]) =>
    scaleCurve(variant, `${ACTIVATION_SCALE} at ${ofBlock[0]!.protocol['at']}`, ofBlock, geometricMean),
  )
}

/** Where activations first leave the trained model's range, and how far they go in the end. */
export function activationNotes(curves: readonly Curve[]): string[] {
  const place = (metric: string) => metric.slice(`${ACTIVATION_SCALE} at `.length)
  const all = curves.flatMap(({ metric, points }) => points.map((point) => ({ at: place(metric), ...point })))
  const told = [
    { what: 'collapse', is: (y: number) => y < COLLAPSED, worst: (a: number, b: number) => a < b },
    { what: 'explode', is: (y: number) => y > EXPLODED, worst: (a: number, b: number) => a > b },
  ]
  return told.flatMap(({ what, is, worst }) => {
    const found = all.filter(({ y }) => y !== null && is(y)).sort((a, b) => a.x - b.x)
    const [first] = found
    if (!first) return []
    const last = found.reduce((a, b) => (worst(b.y!, a.y!) ? b : a))
    return [
      `Activations ${what}: at step ${first.x} (${first.label}) those at the end of ${first.at} are ${first.y!.toPrecision(2)} times the trained model's, at worst ${last.y!.toPrecision(2)} times (${last.at}, step ${last.x}). From there on, similarities may say more about scale than about the methods; another batch-norm policy or initialiser tells.`,
    ]
  })
}
