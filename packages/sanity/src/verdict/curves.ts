import type { Curve, Row } from '@saliency/core'
import { effectOf } from '../statistics/effect.ts'
import type { Estimate } from '../statistics/estimate.ts'
import { cellsOf, groupRows, indexOf } from './table.ts'

type Point = Curve['points'][number]

function point(x: number, label: string, estimate: Estimate | undefined): Point {
  if (estimate === undefined) return { x, label, y: null }
  const { value, interval } = estimate
  return { x, label, y: value, ...(interval && { low: interval[0], high: interval[1] }) }
}

/** Curves of s, c and e of one variant and similarity along the steps; the unchanged point is x = 0. */
export function curvesOf(
  variant: string,
  metric: string,
  rows: readonly Row[],
  sharedDraws: boolean,
): Curve[] {
  const same: Point[] = [{ x: 0, label: 'original', y: 1 }]
  const chance: Point[] = []
  const survival: Point[] = [{ x: 0, label: 'original', y: 1 }]
  const steps = groupRows(rows, (row) => String(row.protocol['step'] ?? 0))
  const ordered = [...steps].sort(([a], [b]) => Number(a) - Number(b))
  for (const [step, group] of ordered) {
    const effect = effectOf(cellsOf(group, indexOf(group), sharedDraws))
    const label = String(group[0]!.protocol['block'] ?? group[0]!.condition)
    same.push(point(Number(step), label, effect.same))
    chance.push(point(Number(step), label, effect.chance))
    survival.push(point(Number(step), label, effect.survival))
  }
  return [
    { variant, metric, points: same },
    { variant, metric: `${metric} chance`, points: chance },
    { variant, metric: `${metric} survival`, points: survival },
  ]
}
