import { unsupported } from '../problems.ts'
import type { Matrix } from './operators/along-axis.ts'
import { byFactor, position, type ResampledAxis } from './resampling.ts'

/** How pixels are weighed by their distance. */
export interface Filter {
  /** Keys' parameter of a cubic filter; undefined for a linear one. */
  readonly cubic: number | undefined
  /** Whether the filter is widened where an image becomes smaller. */
  readonly isAntialiased: boolean
  /** Whether pixels outside of the image have no weight; else they repeat its edge. */
  readonly excludesOutside: boolean
  /** `coordinate_transformation_mode`. */
  readonly coordinates: string
}

/** Keys 1981, equation 4, with a free parameter. */
function cubicWeight(distance: number, a: number): number {
  const d = Math.abs(distance)
  if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1
  return d < 2 ? a * (d ** 3 - 5 * d ** 2 + 8 * d - 4) : 0
}

const weightOf = ({ cubic }: Filter, distance: number) =>
  cubic === undefined ? Math.max(0, 1 - Math.abs(distance)) : cubicWeight(distance, cubic)

/** What each pixel along an axis of the result takes from each pixel of the image. */
export function filterMatrix(filter: Filter, axis: ResampledAxis): Matrix {
  const { from, to, factor = to / from } = axis
  const widening = filter.isAntialiased && factor < 1 ? 1 / factor : 1
  const reach = (filter.cubic === undefined ? 1 : 2) * widening
  const data = new Float32Array(to * from)
  for (let target = 0; target < to; target++) {
    const centre = position(filter.coordinates, target, axis, byFactor(factor))
    if (centre === undefined) throw unsupported(`coordinate_transformation_mode '${filter.coordinates}'`)
    const weights = new Float64Array(from)
    for (let at = Math.floor(centre - reach); at <= Math.ceil(centre + reach); at++) {
      const isInside = at >= 0 && at < from
      if (!isInside && filter.excludesOutside) continue
      const place = Math.min(Math.max(at, 0), from - 1)
      weights[place] = (weights[place] as number) + weightOf(filter, (at - centre) / widening)
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    for (const [place, weight] of weights.entries()) data[target * from + place] = weight / total
  }
  return { to, from, data }
}
