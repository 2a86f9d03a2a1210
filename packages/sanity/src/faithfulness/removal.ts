/** Inputs along a removal: from nothing removed to everything in the order. */
export interface Removal {
  /** `[c, h, w]` */
  readonly image: Float32Array
  /** What replaces removed pixels, `[c, h, w]`. */
  readonly substrate: Float32Array
  /** Segment of every pixel, `[h w]`. */
  readonly segments: Uint32Array
  /** Segments in the order of removal; segments that are not in it stay. */
  readonly order: Uint32Array
  /** Number of segments; default: as many as the order holds. */
  readonly count?: number
  /** Steps after the first point. */
  readonly steps: number
}

/** The inputs at `steps + 1` points of a removal, the number of segments removed growing evenly from none to all of the order. */
export function removalInputs({
  image,
  substrate,
  segments,
  order,
  steps,
  count = order.length,
}: Removal): Float32Array[] {
  const pixels = segments.length
  const rank = new Uint32Array(count).fill(count)
  order.forEach((segment, place) => (rank[segment] = place))
  return Array.from({ length: steps + 1 }, (_, step) => {
    const removed = Math.round((step / steps) * order.length)
    const input = Float32Array.from(image)
    for (let i = 0; i < input.length; i++)
      if (rank[segments[i % pixels]!]! < removed) input[i] = substrate[i]!
    return input
  })
}

/** Area under a curve by trapezoids, the horizontal axis running from 0 to 1. */
export function areaUnder(curve: ArrayLike<number>): number {
  let sum = -(curve[0]! + curve[curve.length - 1]!) / 2
  for (let i = 0; i < curve.length; i++) sum += curve[i]!
  return sum / (curve.length - 1)
}
