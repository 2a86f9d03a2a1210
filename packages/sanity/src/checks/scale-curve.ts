import type { Curve, Row } from '@saliency/core'
import { groupRows } from '../verdict/table.ts'

/** A share of the trained model's scale along the steps, from 1 where nothing is drawn anew; null where no row has a value. */
export function scaleCurve(
  variant: string,
  metric: string,
  rows: readonly Row[],
  average: (values: readonly number[]) => number,
): Curve {
  const steps = [...groupRows(rows, ({ protocol }) => String(protocol['step']))].sort(
    ([a], [b]) => Number(a) - Number(b),
  )
  const points = steps.map(([step, group]) => {
    const values = group.flatMap(({ value }) => (value === null ? [] : [value]))
    const label = String(group[0]!.protocol['block'])
    return { x: Number(step), label, y: values.length === 0 ? null : average(values) }
  })
  return { variant, metric, points: [{ x: 0, label: 'original', y: 1 }, ...points] }
}
