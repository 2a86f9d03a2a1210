import { kernels, placing } from './kernels.ts'

/** A map, and the window that is laid over it wherever it lies inside. */
export interface Windowed {
  /** `[height, width]` */
  readonly data: Float32Array
  readonly height: number
  readonly width: number
  /** The window is the product of these, down and across; an odd number, the same from both ends. */
  readonly weights: Float64Array
}

/** What a map is inside of each window: `[height − taps + 1, width − taps + 1]`. */
export interface Moments {
  readonly mean: Float64Array
  readonly variance: Float64Array
}

/** Where the loops work on maps of one size, and the loops. */
function workplace({ data, height, width, weights }: Windowed) {
  const taps = weights.length
  const inner = 8 * (width - taps + 1)
  const results = inner * (height - taps + 1)
  const places = placing()
  const at = {
    weights: places.take(8 * taps),
    maps: [places.take(4 * data.length), places.take(4 * data.length)],
    plane: places.take(8 * data.length),
    line: places.take(8 * width),
    cross: places.take(inner),
    means: [places.take(results), places.take(results)],
    variances: [places.take(results), places.take(results)],
  } as const
  const { memory, ...loops } = kernels(places.end)
  new Float64Array(memory.buffer, at.weights, taps).set(weights)
  return {
    ...loops,
    at,
    size: [height, width, at.weights, taps] as const,
    map: (place: number) => new Float32Array(memory.buffer, place, data.length),
    result: (place: number) => new Float64Array(memory.buffer, place, results / 8),
  }
}

/** Mean and variance of a map inside of each window. */
export function momentsOf(map: Windowed): Moments {
  const { at, size, moments, ...place } = workplace(map)
  const [own, mean, variance] = [at.maps[0], at.means[0], at.variances[0]]
  place.map(own).set(map.data)
  moments(own, ...size, at.plane, at.line, mean, variance)
  return { mean: place.result(mean).slice(), variance: place.result(variance).slice() }
}

/** The mean over all windows of the structural similarity of two maps. */
export function meanSimilarity(a: Windowed & Moments, b: Windowed & Moments, c1: number, c2: number): number {
  const { at, size, similarity, ...place } = workplace(a)
  for (const [i, own] of [a, b].entries()) {
    place.map(at.maps[i]!).set(own.data)
    place.result(at.means[i]!).set(own.mean)
    place.result(at.variances[i]!).set(own.variance)
  }
  const sum = similarity(
    ...at.maps,
    ...size,
    at.plane,
    at.line,
    at.cross,
    ...at.means,
    ...at.variances,
    c1,
    c2,
  )
  return sum / a.mean.length
}
