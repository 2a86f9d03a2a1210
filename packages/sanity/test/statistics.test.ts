import { createRandom } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { means, type Cells } from '../src/statistics/cells.ts'
import { contrastOf } from '../src/statistics/contrast.ts'
import { effectOf } from '../src/statistics/effect.ts'
import { estimate } from '../src/statistics/estimate.ts'
import { holm } from '../src/statistics/holm.ts'
import { resampleCrossed } from '../src/statistics/resample.ts'
import { signFlipTest } from '../src/statistics/sign-flip.ts'

const random = (...key: (string | number)[]) => createRandom(7, ...key)

/** Every image paired with the next of its group of 8. */
function nextInGroup(images: number): Uint32Array {
  return Uint32Array.from({ length: 2 * images }, (_, at) => {
    const image = at >> 1
    return at % 2 === 0 ? image : image % 8 === 7 ? image - 7 : Math.min(image + 1, images - 1)
  })
}

function cells(
  images: number,
  draws: number,
  same: (i: number) => number,
  chance: (i: number) => number,
  steps = 1,
): Cells {
  const blocks = Array.from({ length: steps }, () => ({
    same: Float64Array.from({ length: images * draws }, (_, i) => same(i)),
    chance: Float64Array.from({ length: images * draws }, (_, i) => chance(i)),
  }))
  return { images, draws, pairs: nextInGroup(images), blocks }
}

describe('sign-flip permutation test', () => {
  test('exact: scipy.stats.permutation_test(permutation_type="samples"), SciPy 1.17.1', () => {
    const differences = Float64Array.of(0.3, 0.1, -0.2, 0.5, 0.25, 0.4, 0.05, -0.1, 0.35)
    expect(signFlipTest(differences, random('exact'))).toBeCloseTo(0.05859375, 12)
  })

  test('random patterns: scipy.stats.permutation_test with 200,000 resamples, to Monte Carlo error', () => {
    const differences = Float64Array.from({ length: 40 }, (_, i) => ((i * 37 + 11) % 101) / 101 - 0.4)
    expect(signFlipTest(differences, random('monte carlo'))).toBeCloseTo(0.10226948865255674, 2)
  })

  test('by hand: every pattern of .1 + .2 - .3 + .05 is as extreme, rounding or not', () => {
    expect(signFlipTest(Float64Array.of(0.1, 0.2, -0.3, 0.05), random('rounding'))).toBe(1)
  })

  test('no difference gives 1, and so do no pairs', () => {
    expect(signFlipTest(new Float64Array(40), random('zero'))).toBe(1)
    expect(signFlipTest(new Float64Array(0), random('none'))).toBe(1)
  })
})

test("Holm: R's p.adjust(c(.01, .04, .03, .005), 'holm')", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
})

describe('crossed bootstrap', () => {
  const resamples = resampleCrossed({ images: 200, draws: 1, count: 2000, random: random('bootstrap') })

  test('the interval of a mean over images agrees with 1.96 standard errors', () => {
    const normal = random('values')
    const values = Array.from({ length: 200 }, () => 0.3 + 0.2 * normal.normal())
    const mean = values.reduce((sum, value) => sum + value, 0) / 200
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 199)
    const { same } = effectOf(
      cells(
        200,
        1,
        (i) => values[i]!,
        () => 0.1,
      ),
      resamples,
    )
    expect(same!.value).toBeCloseTo(mean, 12)
    expect(same!.upper - mean).toBeCloseTo((1.96 * spread) / Math.sqrt(200), 2)
    expect(mean - same!.lower).toBeCloseTo((1.96 * spread) / Math.sqrt(200), 2)
  })

  test('what varies between draws widens the interval, from five draws on', () => {
    const byDraw = (draws: number) =>
      cells(
        200,
        draws,
        (i) => 0.2 + 0.1 * (i % draws),
        () => 0,
      )
    const width = (draws: number) => {
      const own = resampleCrossed({ images: 200, draws, count: 500, random: random('draws', draws) })
      const { same } = effectOf(byDraw(draws), own)
      return same!.upper - same!.lower
    }
    expect(width(4)).toBeCloseTo(0, 10)
    expect(width(5)).toBeGreaterThan(0.1)
  })

  test('e is (s - c) / (1 - c), and is not given where c > .95', () => {
    const effect = effectOf(
      cells(
        200,
        1,
        () => 0.8,
        () => 0.5,
      ),
      resamples,
    )
    expect(effect.survival!.value).toBeCloseTo(0.6, 12)
    expect(
      effectOf(
        cells(
          200,
          1,
          () => 0.99,
          () => 0.96,
        ),
        resamples,
      ).survival,
    ).toBeUndefined()
  })

  test('steps weigh the same however many of their pairs are undefined', () => {
    const holes = cells(
      200,
      1,
      () => 0.2,
      () => 0,
      2,
    )
    holes.blocks[1]!.same.fill(0.6).fill(NaN, 0, 10)
    const effect = effectOf(holes, resamples)
    expect(effect.same!.value).toBeCloseTo(0.4, 12)
    expect(effect.undefinedShare).toBeCloseTo(10 / 400, 12)
  })

  test('a pair of images counts as often as both are in the resample', () => {
    const three = {
      images: 3,
      draws: 1,
      pairs: Uint32Array.of(0, 1, 1, 2, 2, 0),
      blocks: [{ same: Float64Array.of(0.1, 0.2, 0.6), chance: Float64Array.of(0.1, 0.4, 0.7) }],
    }
    const { same, chance } = means(three, Float64Array.of(2, 3, 1), Float64Array.of(1))
    expect(same).toBeCloseTo((2 * 0.1 + 3 * 0.2 + 0.6) / 6, 12)
    expect(chance).toBeCloseTo((6 * 0.1 + 3 * 0.4 + 2 * 0.7) / 11, 12)
  })

  test('an interval is the 2.5 and the 97.5 percentile of the replicates, and counts those without a value', () => {
    const replicates = Array.from({ length: 1001 }, (_, i) => (i * 10) % 1001)
    expect(estimate(500, replicates)).toEqual({ value: 500, lower: 25, upper: 975, dropped: 0 })
    expect(estimate(500, [...replicates, NaN, Infinity])!.dropped).toBe(2)
  })

  test('one image: no chance level', () => {
    const one = {
      images: 1,
      draws: 1,
      pairs: new Uint32Array(0),
      blocks: [{ same: Float64Array.of(0.9), chance: new Float64Array(0) }],
    }
    const effect = effectOf(one, resampleCrossed({ images: 1, draws: 1, count: 50, random: random('one') }))
    expect(effect.same!.value).toBe(0.9)
    expect(effect.chance).toBeUndefined()
    expect(effect.survival).toBeUndefined()
    expect(effect.emptySteps).toBe(0)
  })
})

describe('retained dependence', () => {
  const resamples = resampleCrossed({ images: 120, draws: 1, count: 500, random: random('contrast') })
  const counterpart = cells(
    120,
    1,
    (i) => (i % 3) * 0.1,
    () => 0,
  )

  test('is the ratio of mean(1 - max(0, rho))', () => {
    const variant = cells(
      120,
      1,
      (i) => 0.9 + (i % 3) * 0.01,
      () => 0,
    )
    const contrast = contrastOf(variant, counterpart, resamples, random('p'))
    expect(contrast.dependence).toBeCloseTo(0.09, 12)
    expect(contrast.counterpartDependence).toBeCloseTo(0.9, 12)
    expect(contrast.retained!.value).toBeCloseTo(0.1, 12)
    expect(contrast.p).toBe(1 / 10000)
  })

  test('a negative similarity counts as full dependence, not more', () => {
    const contrast = contrastOf(
      cells(
        120,
        1,
        () => -0.8,
        () => 0,
      ),
      cells(
        120,
        1,
        () => 0,
        () => 0,
      ),
      resamples,
      random('negative'),
    )
    expect(contrast.dependence).toBe(1)
    expect(contrast.p).toBe(1)
  })

  test('not comparable if the counterpart hardly depends', () => {
    const contrast = contrastOf(
      counterpart,
      cells(
        120,
        1,
        () => 0.85,
        () => 0,
      ),
      resamples,
      random('flat'),
    )
    expect(contrast.comparable).toBe(false)
    expect(contrast.retained).toBeUndefined()
  })

  test('an image undefined for one is left out for both, and counted', () => {
    const variant = cells(
      120,
      1,
      (i) => (i < 20 ? NaN : 0.9),
      () => 0,
    )
    const distorted = cells(
      120,
      1,
      (i) => (i < 20 ? -1 : 0.5),
      () => 0,
    )
    const contrast = contrastOf(variant, distorted, resamples, random('holes'))
    expect(contrast.counterpartDependence).toBeCloseTo(0.5, 12)
    expect(contrast).toMatchObject({ images: 100, excluded: 20 })
    const turned = contrastOf(distorted, variant, resamples, random('holes'))
    expect(turned.dependence).toBeCloseTo(0.5, 12)
    expect(turned).toMatchObject({ images: 100, excluded: 20 })
  })
})
