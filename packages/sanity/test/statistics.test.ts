import { createRandom } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import type { Cells } from '../src/statistics/cells.ts'
import { contrastOf } from '../src/statistics/contrast.ts'
import { effectOf } from '../src/statistics/effect.ts'
import { holm } from '../src/statistics/holm.ts'
import { signFlipTest } from '../src/statistics/sign-flip.ts'
import { halfWidth } from '../src/statistics/spread.ts'
import { criticalT, twoSidedP } from '../src/statistics/student-t.ts'

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
  return { images, draws, sharedDraws: false, pairs: nextInGroup(images), blocks }
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

test("Student's t: scipy.stats.t.ppf(.975, df) and 2 · t.sf(t, df), SciPy 1.17.1", () => {
  const quantiles = [12.706204736174694, 4.302652729749462, 2.7764451051977934, 1.9842169515864174]
  ;[1, 2, 4, 99].forEach((degrees, i) => expect(criticalT(degrees, 0.05)).toBeCloseTo(quantiles[i]!, 9))
  expect(criticalT(6.5, 0.05)).toBeCloseTo(2.4020020079102764, 9)
  expect(twoSidedP(2.5, 4)).toBeCloseTo(0.06676654481198814, 12)
  expect(twoSidedP(12, 3.7)).toBeCloseTo(0.000426787399381245, 12)
  expect(twoSidedP(-0.3, 1)).toBeCloseTo(0.8144528418445154, 12)
  expect(twoSidedP(6, 299) / 5.6950847632491765e-9).toBeCloseTo(1, 8)
})

describe('the spread of a mean', () => {
  const none = new Float64Array(0)
  const table = (values: readonly number[], images: number, sharedDraws: boolean): Cells => ({
    images,
    draws: values.length / images,
    sharedDraws,
    pairs: new Uint32Array(0),
    blocks: [{ same: Float64Array.from(values), chance: none }],
  })

  /*
   * Two images under two draws, .1 .3 | .5 .9: mean .45, means of images .2 and .7, of draws .3 and .6.
   * MS images 2 (.25² + .25²) = .25, MS draws 2 (.15² + .15²) = .09, residuals ±.05, MS residual .01; each over 4.
   */
  test('by hand: a two-way analysis of variance', () => {
    const { spread, interval } = effectOf(table([0.1, 0.3, 0.5, 0.9], 2, true)).same!
    expect(spread!.fromImages).toBeCloseTo(0.0625, 12)
    expect(spread!.fromDraws).toBeCloseTo(0.0225, 12)
    expect(spread!.fromBoth).toBeCloseTo(0.0025, 12)
    expect(halfWidth(spread!)).toBeCloseTo(12.706204736174694 * Math.sqrt(0.06 + 0.0225), 9)
    // A similarity ends at ±1, and so does its interval.
    expect(interval).toEqual([-1, 1])
  })

  test('draws that every image has for itself are averaged: images alone replicate', () => {
    const { value, interval, spread } = effectOf(table([0.1, 0.3, 0.5, 0.5, 0.6, 0.6], 3, false)).same!
    // Means .2, .5, .6: mean .4333, variance (.2333² + .0667² + .1667²)/2 = .043333, over 3 images.
    expect(spread).toMatchObject({ draws: 1, fromDraws: 0, fromBoth: 0 })
    expect(spread!.fromImages).toBeCloseTo(0.0433333333333 / 3, 12)
    expect(interval![0]).toBeCloseTo(value - 4.302652729749462 * Math.sqrt(0.0433333333333 / 3), 9)
  })

  /*
   * Three images, each compared with the next: .1 .4 .7, so influences −.1, 0, .1. Images add −.1 + .1, −.1 + 0 and
   * 0 + .1; squares .02, less the squares of pairs .02, but at least half: .01, times 3/2.
   */
  test('by hand: a pair belongs to both of its images, and counts once', () => {
    const three: Cells = {
      images: 3,
      draws: 1,
      sharedDraws: false,
      pairs: Uint32Array.of(0, 1, 1, 2, 2, 0),
      blocks: [{ same: Float64Array.of(0, 0, 0), chance: Float64Array.of(0.1, 0.4, 0.7) }],
    }
    expect(effectOf(three).chance!.spread!.fromImages).toBeCloseTo(0.015, 12)
    // Compared in both directions, with the same values, the three pairs say nothing more than in one.
    const pairs = Uint32Array.of(...three.pairs, 1, 0, 2, 1, 0, 2)
    const chance = Float64Array.of(0.1, 0.4, 0.7, 0.1, 0.4, 0.7)
    const twice = { ...three, pairs, blocks: [{ same: three.blocks[0]!.same, chance }] }
    expect(effectOf(twice).chance!.spread!.fromImages).toBeCloseTo(0.015, 12)
  })

  test('one shared draw and one image leave it unknown: a mean without an interval', () => {
    expect(effectOf(table([0.1, 0.3, 0.5, 0.9], 4, true)).same).toEqual({ value: 0.45 })
    expect(effectOf(table([0.1, 0.3], 1, true)).same).toEqual({ value: 0.2 })
    expect(effectOf(table([0.1, 0.3, 0.5, 0.9], 4, false)).same!.interval).toBeDefined()
  })

  test('e is (s - c) / (1 - c), its spread that of s and c together, and is not given where c > .95', () => {
    const normal = random('e')
    // s − c is the same for every image: only the division by 1 − c is left to vary.
    const shift = Array.from({ length: 200 }, () => 0.05 * normal.normal())
    const together = cells(
      200,
      1,
      (i) => 0.8 + shift[i]!,
      (i) => 0.5 + shift[i]!,
    )
    const { survival, same, chance } = effectOf(together)
    expect(survival!.value).toBeCloseTo((same!.value - chance!.value) / (1 - chance!.value), 12)
    expect(survival!.interval![1] - survival!.value).toBeLessThan(0.02)
    const high = cells(
      200,
      1,
      () => 0.99,
      () => 0.96,
    )
    expect(effectOf(high).survival).toBeUndefined()
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
    const effect = effectOf(holes)
    expect(effect.same!.value).toBeCloseTo(0.4, 12)
    expect(effect.undefinedShare).toBeCloseTo(10 / 400, 12)
  })

  test('one image: no chance level', () => {
    const effect = effectOf(table([0.9], 1, false))
    expect(effect.same).toEqual({ value: 0.9 })
    expect(effect.chance).toBeUndefined()
    expect(effect.survival).toBeUndefined()
    expect(effect.emptySteps).toBe(0)
  })
})

describe('retained dependence', () => {
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
    const contrast = contrastOf(variant, counterpart, random('p'))
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
      random('negative'),
    )
    expect(contrast.dependence).toBe(1)
    expect(contrast.p).toBe(1)
  })

  test('random weights that move all images together are one piece of evidence each, not one an image', () => {
    const normal = random('shared')
    const noisy = (shift: readonly number[]): Cells => ({
      ...cells(
        120,
        5,
        (i) => 0.4 + shift[i % 5]! + 0.05 * normal.normal(),
        () => 0,
      ),
      sharedDraws: true,
    })
    // The draws' differences .1, .1, .1, −.05, 0 have mean .05 and standard error .03162: t 1.58, p .19 on 4 degrees.
    const contrast = contrastOf(noisy([0, 0, 0, 0.15, 0.1]), noisy([0.1, 0.1, 0.1, 0.1, 0.1]), random('p'))
    expect(contrast.p).toBeGreaterThan(0.15)
    expect(contrast.p).toBeLessThan(0.25)
    expect(contrast.retained!.interval![0]).toBeLessThan(1)
    expect(contrast.retained!.interval![1]).toBeGreaterThan(1)
  })

  test('one draw of random weights is not tested', () => {
    const shared = { ...counterpart, sharedDraws: true }
    const contrast = contrastOf(shared, shared, random('one'))
    expect(contrast).not.toHaveProperty('p')
    expect(contrast.retained).toEqual({ value: 1 })
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
    const contrast = contrastOf(variant, distorted, random('holes'))
    expect(contrast.counterpartDependence).toBeCloseTo(0.5, 12)
    expect(contrast).toMatchObject({ images: 100, excluded: 20 })
    const turned = contrastOf(distorted, variant, random('holes'))
    expect(turned.dependence).toBeCloseTo(0.5, 12)
    expect(turned).toMatchObject({ images: 100, excluded: 20 })
  })
})
