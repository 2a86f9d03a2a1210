import type { Plane } from '../src/similarity/plane.ts'

const f = Math.fround

/** Pseudo-random values in [-.5, .5) by a formula that NumPy can repeat: ((i a + b) mod m) / m - .5. */
function lattice(a: number, b: number, m: number): Plane {
  const data = Float32Array.from({ length: 480 }, (_, i) => ((i * a + b) % m) / m - 0.5)
  return { data, height: 24, width: 20 }
}

/** Array A of the literal values: 24 x 20. */
export const mapA: Plane = lattice(37, 11, 101)
/** Array B: 24 x 20, unrelated to A. */
export const mapB: Plane = lattice(53, 7, 97)
/** Array C = .6 A + .4 B in float32. */
export const mapC: Plane = {
  ...mapA,
  data: mapA.data.map((a, i) => f(f(f(0.6) * a) + f(f(0.4) * mapB.data[i]!))),
}

/** The same map with other values. */
export function withData(map: Plane, value: (value: number, index: number) => number): Plane {
  return { ...map, data: map.data.map(value) }
}
