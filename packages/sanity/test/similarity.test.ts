import { describe, expect, test } from 'vitest'
import { clippedMaximum } from '../src/similarity/clipped-maximum.ts'
import { cosine } from '../src/similarity/cosine.ts'
import { histogramOfGradients, hog } from '../src/similarity/hog.ts'
import { pearson } from '../src/similarity/pearson.ts'
import { absolute } from '../src/similarity/plane.ts'
import { rank } from '../src/similarity/rank.ts'
import { ssimFlat, ssimSecondMoment } from '../src/similarity/second-moment.ts'
import { similarity, type Similarity } from '../src/similarity/similarity.ts'
import { spearman } from '../src/similarity/spearman.ts'
import { compareSsim, prepareSsim, ssim, ssimMinMax } from '../src/similarity/ssim.ts'
import { topIntersection } from '../src/similarity/top-k.ts'
import { mapA, mapB, mapC, withData } from './arrays.ts'

// Literal values: NumPy 2.4.6, SciPy 1.17.1, scikit-image 0.26.0 on the arrays of arrays.ts.
describe('values of independent implementations', () => {
  test('rank: scipy.stats.rankdata, -0 ties with 0', () => {
    expect([...rank(Float32Array.of(3, -0, 0, -1, 3, 3, 2.5))]).toEqual([6, 2.5, 2.5, 1, 6, 6, 4])
  })

  test('spearman: scipy.stats.spearmanr', () => {
    expect(similarity(spearman, mapA, mapC)).toBeCloseTo(0.8475820819616998, 12)
    expect(similarity(spearman, mapA, mapB)).toBeCloseTo(0.06883167689396648, 12)
  })

  test('spearman with many ties (5 and 7 distinct values): scipy.stats.spearmanr', () => {
    const q = withData(mapA, (value) => Math.round(value * 4))
    const r = withData(mapC, (value) => Math.round(value * 6))
    expect(similarity(spearman, q, r)).toBeCloseTo(0.8095994395139372, 12)
  })

  test('pearson: scipy.stats.pearsonr', () => {
    expect(similarity(pearson, mapA, mapC)).toBeCloseTo(0.8436993582238232, 12)
  })

  test('cosine, signed and on absolute maps: NumPy', () => {
    expect(similarity(cosine, mapA, mapC)).toBeCloseTo(0.8437519674433083, 12)
    expect(similarity(cosine, absolute(mapA), absolute(mapC))).toBeCloseTo(0.8778156804479857, 12)
  })

  test.each([
    [1, 0.6406362563900841],
    [2, 0.6892580226086628],
  ])(
    'ssim, data range %d: skimage structural_similarity(gaussian_weights, sigma 1.5, population covariance)',
    (dataRange, expected) => {
      const options = { dataRange }
      expect(compareSsim(prepareSsim(mapA, options), prepareSsim(mapC, options), options)).toBeCloseTo(
        expected,
        10,
      )
    },
  )

  test.each([
    [mapC, 0.4832513418286359],
    [mapB, -0.02287481796774078],
  ])(
    'ssim-flat: Quantus 0.6.0, ssim of flattened maps after normalise_by_average_second_moment_estimate',
    (other, expected) => {
      expect(similarity(ssimFlat, mapA, other)).toBeCloseTo(expected, 7)
      expect(
        similarity(
          ssimFlat,
          withData(mapA, (value) => 1000 * value),
          other,
        ),
      ).toBeCloseTo(expected, 7)
    },
  )

  test.each([
    [mapC, 0.7073647888118892],
    [mapB, 0.015298445880295766],
  ])(
    'ssim-second-moment: skimage structural_similarity of maps normalised by Quantus 0.6.0, joint data range',
    (other, expected) => expect(similarity(ssimSecondMoment, mapA, other)).toBeCloseTo(expected, 7),
  )

  test('hog: skimage.feature.hog(9 orientations, 6x6 cells, 3x3 blocks, L2-Hys)', () => {
    const features = histogramOfGradients(mapA, { cell: 6 })!
    expect(features.length).toBe(162)
    expect(Array.from(features.subarray(0, 6), (value) => +value.toFixed(7))).toEqual([
      0.0653914, 0, 0.3231263, 0, 0.0676758, 0,
    ])
    expect(features.reduce((sum, value) => sum + value, 0)).toBeCloseTo(7.327128995554747, 6)
    expect(similarity(hog, mapA, mapC)).toBeCloseTo(0.023434466191166257, 6)
  })

  test('hog of a smooth image, 16x16 cells: skimage.feature.hog', () => {
    const data = Float32Array.from({ length: 48 * 50 }, (_, i) => {
      const [y, x] = [Math.floor(i / 50), i % 50]
      return Math.sin(x / 5 + y / 9) + 0.3 * Math.cos(y / 4)
    })
    const features = histogramOfGradients({ data, height: 48, width: 50 }, { cell: 16 })!
    const expected = [
      0.10453067, 0.23649183, 0.23649183, 0.01566803, 0.01185695, 0.00461238, 0.00365616, 0.00728477,
      0.01996225,
    ]
    expected.forEach((value, i) => expect(features[i]).toBeCloseTo(value, 5))
    expect(features.reduce((sum, value) => sum + value, 0)).toBeCloseTo(5.5969718935614745, 4)
  })

  test('top 10 %: counted by hand', () => {
    const first = Float32Array.from({ length: 20 }, (_, i) => i)
    const second = first.map((value) => (value === 18 ? 0 : value))
    expect(
      similarity(
        topIntersection(0.1),
        { data: first, height: 4, width: 5 },
        { data: second, height: 4, width: 5 },
      ),
    ).toBe(0.5)
  })

  test('top 10 % of a map with one positive pixel: the tied rest shares one place', () => {
    const data = new Float32Array(20)
    data[7] = 1
    const map = { data, height: 4, width: 5 }
    expect(similarity(topIntersection(0.1), map, map)).toBeCloseTo(1, 6)
    const moved = { ...map, data: data.map((_, i) => (i === 3 ? 1 : 0)) }
    expect(similarity(topIntersection(0.1), map, moved)).toBeCloseTo(20 / 19 / 2, 6)
  })
})

describe('a map divided by a quantile of its magnitudes', () => {
  const clipped = (values: number[], q: number) => [...clippedMaximum(Float32Array.from(values), q)]

  test('between two values the quantile is interpolated: the median of 1, 2, 3, 4 is 2.5', () => {
    expect(clipped([1, -2, 3, 4], 0.5)).toEqual([0.4, -0.8, 1, 1].map(Math.fround))
    expect(clipped([1, -2, 3, 4], 0.25)).toEqual([1 / 1.75, -1, 1, 1].map(Math.fround))
  })

  test('of a sparse map whose quantile is 0, the largest magnitude counts; zeros stay zero', () => {
    expect(clipped([0, 0, 0, 0, 2, -4], 0.5)).toEqual([0, 0, 0, 0, 0.5, -1])
    expect(clipped([0, 0, 0], 0.5)).toEqual([0, 0, 0])
  })
})

describe('every similarity', () => {
  const all: Similarity<unknown>[] = [spearman, pearson, cosine, ssim, ssimMinMax, hog, topIntersection(0.1)]

  test.each(all.map((measure) => [measure.id, measure] as const))(
    '%s is exactly 1 for a map and itself',
    (_, measure) => {
      const value = similarity(measure, mapA, mapA)
      expect(value).toBe(1)
    },
  )

  test.each(all.map((measure) => [measure.id, measure] as const))(
    '%s is undefined for constant, rounding-only and non-finite maps',
    (_, measure) => {
      const spoiled = [
        withData(mapA, () => 0),
        withData(mapA, () => 0.25),
        withData(mapA, (_value, i) => 1 + (i % 3) * 1e-7),
        withData(mapA, (value, i) => (i === 5 ? NaN : value)),
        withData(mapA, (value, i) => (i === 5 ? Infinity : value)),
      ]
      for (const map of spoiled) {
        expect(similarity(measure, map, mapA)).toBeUndefined()
        expect(similarity(measure, mapA, map)).toBeUndefined()
      }
    },
  )

  test('a flipped sign is seen on signed maps and not on absolute ones', () => {
    const flipped = withData(mapA, (value) => -value)
    expect(similarity(spearman, mapA, flipped)).toBe(-1)
    expect(similarity(spearman, absolute(mapA), absolute(flipped))).toBe(1)
  })
})
