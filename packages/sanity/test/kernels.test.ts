import { createRandom } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { neighbours } from '../src/similarity/clipped-maximum.ts'
import { gaussianWeights } from '../src/similarity/gaussian.ts'
import { isUndefined } from '../src/similarity/plane.ts'
import { centredMagnitudeRanks, rank } from '../src/similarity/rank.ts'
import { momentsOf } from '../src/similarity/windows.ts'

const random = createRandom('kernels')

/** Values as maps have them: long tails, many equal ones, both zeros, the largest and the smallest floats. */
function values(length: number): Float32Array {
  const special = [0, -0, 1, 1e-45, -1e-45, 3.4e38, -3.4e38]
  return Float32Array.from({ length }, () =>
    random.uniform() < 0.3 ? special[random.integer(0, special.length - 1)]! : random.normal() ** 3,
  )
}

/** By definition: how many are below, and half of those that are equal. */
function ranksByCounting(data: Float32Array): number[] {
  return Array.from(data, (value) => {
    const below = data.filter((other) => other < value).length
    return below + (data.filter((other) => other === value).length + 1) / 2
  })
}

describe('compiled loops', () => {
  test.each([1, 2, 3, 7, 64, 1023])('ranks of %d values are counts of what is below', (length) => {
    const data = values(length)
    expect([...rank(data)]).toEqual(ranksByCounting(data))
  })

  test.each([1, 2, 3, 7, 64, 1023])('ranks of %d magnitudes come out of the sort of the values', (length) => {
    const data = values(length)
    const middle = (length + 1) / 2
    const magnitudes = centredMagnitudeRanks(data)
    expect(Array.from(magnitudes.values, (value) => value + middle)).toEqual(
      ranksByCounting(data.map(Math.abs)),
    )
    expect([...rank(data)]).toEqual(ranksByCounting(data))
  })

  test('ranks of magnitudes are the same after those of the values alone', () => {
    const data = values(64)
    rank(data)
    expect(centredMagnitudeRanks(data)).toEqual(centredMagnitudeRanks(data.slice()))
  })

  test.each([
    [
      'all differ in their last bits, one lies far off',
      (i: number) => (i === 7 ? -3e38 : 1 + ((i * 577) % 600) * 2 ** -23),
    ],
    ['all are one', () => 2],
    ['all are zero or below', (i: number) => -(i % 5)],
    ['all are small', (i: number) => ((i * 331) % 600) * 1e-45],
  ])('ranks where %s', (_, valueAt) => {
    const data = Float32Array.from({ length: 600 }, (_, i) => valueAt(i))
    expect([...rank(data)]).toEqual(ranksByCounting(data))
  })

  test('ranks do not depend on what was ranked before', () => {
    const [short, long] = [values(30), values(3000)]
    const first = [...rank(short)]
    rank(long)
    expect([...rank(short)]).toEqual(first)
  })

  test.each([
    [5, 5, 1],
    [11, 11, 5],
    [11, 12, 5],
    [12, 11, 5],
    [13, 17, 5],
    [20, 15, 3],
  ])('moments of a map of %d × %d with radius %d are sums over windows', (height, width, radius) => {
    const data = Float32Array.from({ length: height * width }, () => random.normal())
    const weights = gaussianWeights(1.5, radius)
    const { mean, variance } = momentsOf({ data, height, width, weights })
    const inner = width - 2 * radius
    expect(mean.length).toBe(inner * (height - 2 * radius))
    for (let y = 0; y < height - 2 * radius; y++)
      for (let x = 0; x < inner; x++) {
        let [sum, squares] = [0, 0]
        for (const [dy, down] of weights.entries())
          for (const [dx, across] of weights.entries()) {
            const value = data[(y + dy) * width + x + dx]!
            sum += down * across * value
            squares += down * across * value ** 2
          }
        expect(mean[y * inner + x]).toBeCloseTo(sum, 13)
        expect(variance[y * inner + x]).toBeCloseTo(squares - sum ** 2, 13)
      }
  })

  test.each([1, 2, 50, 999])(
    'the neighbours of every place among %d values are those of sorting',
    (length) => {
      const data = values(length)
      const sorted = data.map(Math.abs).toSorted()
      for (let index = 0; index < length; index++)
        expect(neighbours(data, index)).toEqual([sorted[index], sorted[Math.min(index + 1, length - 1)]])
    },
  )

  test.each([[NaN], [Infinity], [-Infinity]])('a map with %d is undefined', (value) => {
    expect(isUndefined(Float32Array.of(1, 2, value, 3))).toBe(true)
    expect(isUndefined(Float32Array.of(1, 2, 3))).toBe(false)
  })
})
