import { compiled } from './kernels-compiled.ts'

/** Compiled inner loops, explained in the folder `kernels`. Places are bytes in their memory. */
interface Kernels {
  readonly memory: WebAssembly.Memory
  extent(values: number, count: number, target: number): void
  dot(a: number, b: number, count: number): number
  rank(space: number, count: number, both: boolean): number
  neighbours(values: number, count: number, index: number, space: number, target: number): void
  clip(values: number, count: number, scale: number, target: number): void
  moments(
    map: number,
    height: number,
    width: number,
    weights: number,
    taps: number,
    plane: number,
    line: number,
    mean: number,
    variance: number,
  ): void
  similarity(
    a: number,
    b: number,
    height: number,
    width: number,
    weights: number,
    taps: number,
    plane: number,
    line: number,
    cross: number,
    meanA: number,
    meanB: number,
    varianceA: number,
    varianceB: number,
    c1: number,
    c2: number,
  ): number
}

const PAGE = 2 ** 16

/** Bytes of the counts of one digit, which sorting and selecting need before their room. */
export const COUNTS: number = 2048 * 4

let opened: Kernels | undefined

/** The loops, with at least so much memory. It stays from one map to the next: a study compares a million of them. */
export function kernels(bytes: number): Kernels {
  opened ??= new WebAssembly.Instance(
    new WebAssembly.Module(Uint8Array.from(atob(compiled), (letter) => letter.charCodeAt(0))),
  ).exports as unknown as Kernels
  const missing = bytes - opened.memory.buffer.byteLength
  if (missing > 0) opened.memory.grow(Math.ceil(missing / PAGE))
  return opened
}

/** Hands out places one after the other, each at a multiple of 16 and with room for a pair too many. */
export function placing(): { take(bytes: number): number; readonly end: number } {
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

/** The least and the largest of some floats; NaN if one of them is. */
export function extentOf(data: Float32Array): { low: number; high: number } {
  const places = placing()
  const [values, ends] = [places.take(4 * data.length), places.take(32)]
  const { memory, extent } = kernels(places.end)
  new Float32Array(memory.buffer, values, data.length).set(data)
  extent(values, data.length, ends)
  const [low, high] = new Float32Array(memory.buffer, ends, 2)
  return { low: low!, high: high! }
}

/** Σ aᵢbᵢ of floats, added up in numbers of twice the width. */
export function dotOf(a: Float32Array, b: Float32Array): number {
  const places = placing()
  const [first, second] = [places.take(4 * a.length), places.take(4 * b.length)]
  const { memory, dot } = kernels(places.end)
  new Float32Array(memory.buffer, first, a.length).set(a)
  new Float32Array(memory.buffer, second, b.length).set(b)
  return dot(first, second, a.length)
}
