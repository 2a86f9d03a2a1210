import { compiled } from './kernels-compiled.ts'

/** Compiled inner loops, explained in `kernels/kernels.ts`. Places are bytes in their memory. */
interface Kernels {
  readonly memory: WebAssembly.Memory
  rank(space: number, count: number): number
  widen(source: number, target: number, count: number): void
  multiply(a: number, b: number, target: number, count: number): void
  filter(
    source: number,
    height: number,
    width: number,
    weights: number,
    taps: number,
    between: number,
    target: number,
  ): void
  similarity(
    meanA: number,
    meanB: number,
    varianceA: number,
    varianceB: number,
    cross: number,
    count: number,
    c1: number,
    c2: number,
  ): number
}

const PAGE = 2 ** 16

let opened: Kernels | undefined

/** The loops, with at least so much memory. It stays from one map to the next: a study compares a million of them. */
function kernels(bytes: number): Kernels {
  opened ??= new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.from(atob(compiled), (letter) => letter.charCodeAt(0))),
  ).exports as unknown as Kernels
  const missing = bytes - opened.memory.buffer.byteLength
  if (missing > 0) opened.memory.grow(Math.ceil(missing / PAGE))
  return opened
}

/** Hands out places one after the other, each at a multiple of 16 and with room for a pair too many. */
function placing(): { take(bytes: number): number; readonly end: number } {
  let end = 0
  return {
    take(bytes) {
      const place = end
      end += 16 * (Math.ceil(bytes / 16) + 1)
      return place
    },
    get end() {
      return end
    },
  }
}

/** Bytes of the counts of three digits, before the values that are ranked. */
const COUNTS = 3 * 2048 * 4

/** Ranks 1..n of finite floats, ties by average. */
export function ranksOf(data: Float32Array): Float64Array {
  const { length } = data
  const { memory, rank } = kernels(COUNTS + 24 * length + 8)
  new Float32Array(memory.buffer, COUNTS, length).set(data)
  return new Float64Array(memory.buffer, rank(0, length), length).slice()
}

/** A map, and the window that is laid over it wherever it lies inside. */
export interface Windowed {
  /** `[height, width]` */
  readonly data: Float32Array
  readonly height: number
  readonly width: number
  /** The window is the product of these, down and across. */
  readonly weights: Float64Array
}

/** What a map is inside of each window: `[height − taps + 1, width − taps + 1]`. */
export interface Moments {
  readonly mean: Float64Array
  readonly variance: Float64Array
}

/** Where a map's filter works. */
function filterOf({ data, height, width, weights }: Windowed) {
  const { length: taps } = weights
  const inner = width - taps + 1
  const size = (height - taps + 1) * inner
  const places = placing()
  const at = {
    weights: places.take(8 * taps),
    a: places.take(4 * data.length),
    b: places.take(4 * data.length),
    source: places.take(8 * data.length),
    between: places.take(8 * height * inner),
    target: places.take(8 * size),
    moments: [places.take(8 * size), places.take(8 * size), places.take(8 * size), places.take(8 * size)],
  } as const
  const own = kernels(places.end)
  const { buffer } = own.memory
  new Float64Array(buffer, at.weights, taps).set(weights)
  return {
    at,
    size,
    kernels: own,
    put: (place: number, values: Float32Array) => new Float32Array(buffer, place, values.length).set(values),
    putWide: (place: number, values: Float64Array) =>
      new Float64Array(buffer, place, values.length).set(values),
    filter: () => own.filter(at.source, height, width, at.weights, taps, at.between, at.target),
    result: () => new Float64Array(buffer, at.target, size),
  }
}

/** Mean and variance of a map inside of each window. */
export function momentsOf(map: Windowed): Moments {
  const { at, kernels: own, put, filter, result } = filterOf(map)
  put(at.a, map.data)
  own.widen(at.a, at.source, map.data.length)
  filter()
  const mean = result().slice()
  own.multiply(at.a, at.a, at.source, map.data.length)
  filter()
  const variance = result().slice()
  for (let i = 0; i < mean.length; i++) variance[i]! -= mean[i]! ** 2
  return { mean, variance }
}

/** The mean over all windows of the structural similarity of two maps. */
export function meanSimilarity(a: Windowed & Moments, b: Windowed & Moments, c1: number, c2: number): number {
  const { at, size, kernels: own, put, putWide, filter } = filterOf(a)
  put(at.a, a.data)
  put(at.b, b.data)
  own.multiply(at.a, at.b, at.source, a.data.length)
  filter()
  for (const [i, values] of [a.mean, b.mean, a.variance, b.variance].entries())
    putWide(at.moments[i]!, values)
  const [meanA, meanB, varianceA, varianceB] = at.moments
  return own.similarity(meanA, meanB, varianceA, varianceB, at.target, size, c1, c2) / size
}
