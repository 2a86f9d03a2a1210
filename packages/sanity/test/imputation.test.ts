import { createRandom } from '@saliency/core'
import { caseArray, hasCases } from '@saliency/testing'
import { describe, expect, test } from 'vitest'
import { road } from '../src/checks/road.ts'
import { imputeLinearly } from '../src/faithfulness/impute.ts'
import { images, linearModel, rowsOf, SIDE } from './harness.ts'

const impute = (image: Float32Array, side: number, removed: Uint8Array) => {
  const channels = image.length / side ** 2
  return imputeLinearly(image, [channels, side, side], removed, 0, createRandom('none'))!
}

/** The largest difference between a removed pixel and the mean of its neighbours, worked out pixel by pixel. */
function largestResidual(plane: Float32Array, side: number, removed: Uint8Array): number {
  let largest = 0
  for (let at = 0; at < plane.length; at++) {
    if (removed[at] !== 1) continue
    const [y, x] = [Math.floor(at / side), at % side]
    let [sum, total] = [0, 0]
    for (let v = Math.max(0, y - 1); v <= Math.min(side - 1, y + 1); v++)
      for (let u = Math.max(0, x - 1); u <= Math.min(side - 1, x + 1); u++) {
        const weight = v === y && u === x ? 0 : v === y || u === x ? 1 / 6 : 1 / 12
        sum += weight * plane[v * side + u]!
        total += weight
      }
    largest = Math.max(largest, Math.abs(sum / total - plane[at]!))
  }
  return largest
}

const noise = (count: number) => {
  const random = createRandom('image')
  return Float32Array.from({ length: count }, () => random.normal())
}

describe('every removed pixel is the mean of its neighbours, whatever is removed', () => {
  const side = 96
  const from = (test: (y: number, x: number) => boolean) =>
    Uint8Array.from({ length: side ** 2 }, (_, at) => (test(Math.floor(at / side), at % side) ? 1 : 0))

  test.each([
    ['half of the image', from((_, x) => x >= side / 2)],
    ['a blob of nine tenths', from((y, x) => (y - 48) ** 2 + (x - 48) ** 2 < 51.5 ** 2)],
    ['all but one pixel', from((y, x) => y !== 3 || x !== 90)],
    ['a ring that leaves an island', from((y, x) => Math.abs(Math.hypot(y - 48, x - 48) - 30) < 12)],
    ['every second pixel', from((y, x) => (y + x) % 2 === 0)],
  ])('%s', (_, removed) => {
    const image = noise(side ** 2)
    const imputed = impute(image, side, removed)
    expect(largestResidual(imputed, side, removed)).toBeLessThan(1e-6)
    imputed.forEach((value, at) => removed[at] === 0 && expect(value).toBe(image[at]))
  })

  test('all but one pixel become that pixel', () => {
    const imputed = impute(
      noise(64),
      8,
      Uint8Array.from({ length: 64 }, (_, at) => (at === 9 ? 0 : 1)),
    )
    imputed.forEach((value) => expect(value).toBeCloseTo(imputed[9]!, 6))
  })
})

test('pixels that are not finite have no imputation, and rows say so', async () => {
  const bad = noise(64)
  bad[20] = NaN
  const removed = Uint8Array.from({ length: 64 }, (_, at) => (at === 21 ? 1 : 0))
  expect(impute(bad, 8, removed)).toBeUndefined()
  const [image] = images(1).map((one) => ({ ...one, label: 0 }))
  image!.input[5] = Infinity
  const ramp = () => Float32Array.from({ length: SIDE ** 2 }, (_, i) => i)
  const rows = await rowsOf(
    road,
    { ramp },
    { images: [image!], predict: linearModel(new Float32Array(SIDE ** 2)) },
  )
  expect(rows).toHaveLength(3)
  for (const row of rows) {
    expect(row).toMatchObject({ value: null, status: 'undefined' })
    expect(row.note).toContain('cannot be interpolated')
  }
})

describe.skipIf(!hasCases)('the removed right half of an image of 224 × 224', () => {
  test('is what scipy.sparse.linalg.spsolve gives for the same system, SciPy 1.17.1', () => {
    const x = caseArray('numbers', 'road-large-hole', 'x.npy')
    const removed = Uint8Array.from(caseArray('numbers', 'road-large-hole', 'mask-right-half.npy').data)
    const imputed = impute(Float32Array.from(x.data), 224, removed)
    const at = (c: number, y: number, x: number) => imputed[(c * 224 + y) * 224 + x]
    expect(at(0, 112, 112)).toBeCloseTo(1.220706, 5)
    expect(at(0, 112, 150)).toBeCloseTo(0.81842136, 5)
    expect(at(1, 10, 223)).toBeCloseTo(0.77227455, 5)
    expect(at(2, 200, 180)).toBeCloseTo(0.2652247, 5)
    expect(at(0, 223, 223)).toBeCloseTo(0.35813868, 5)
  })
})
