import { createRandom, resolveOptions, type Check, type Options, type Row } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { deletionInsertion } from '../src/checks/deletion-insertion.ts'
import { faithfulnessCorrelation } from '../src/checks/faithfulness-correlation.ts'
import { infidelity } from '../src/checks/infidelity.ts'
import { irof } from '../src/checks/irof.ts'
import { pixelFlipping } from '../src/checks/pixel-flipping.ts'
import { polarity } from '../src/checks/polarity.ts'
import { road } from '../src/checks/road.ts'
import { saco } from '../src/checks/saco.ts'
import { sensitivityN } from '../src/checks/sensitivity-n.ts'
import { imputeLinearly } from '../src/faithfulness/impute.ts'
import { descending } from '../src/faithfulness/order.ts'
import { areaUnder } from '../src/faithfulness/removal.ts'
import { substrateOf, substrates } from '../src/faithfulness/substrate.ts'
import { superpixels } from '../src/faithfulness/superpixels.ts'
import { constant } from './explainers.ts'
import { images, linearModel, rowsOf, SIDE, type Explainer } from './harness.ts'

const random = createRandom('weights of the linear model')
const weights = Float32Array.from({ length: SIDE * SIDE }, () => random.normal() / 4)
const predict = linearModel(weights)
/** Everyone is of class 0, whose logit is w·x. */
const some = images(8).map((image) => ({ ...image, label: 0 }))

/** What each pixel adds to the logit: exact for a linear model and substrate zero. */
const perfect: Explainer = (image) => image.input.map((value, i) => value * weights[i]!)
const worst: Explainer = (image) => image.input.map((value, i) => -value * weights[i]!)
const gradient: Explainer = () => weights
const chance: Explainer = (image) => {
  const own = createRandom('chance', image.id)
  return image.input.map(() => own.normal())
}

async function valuesOf(check: Check, options: Options = {}) {
  const explainers = { perfect, worst, chance, gradient, constant }
  const rows = await rowsOf(check, explainers, { images: some, options, predict })
  return (variant: string, metric: string) =>
    rows.filter((row: Row) => row.variant === variant && row.metric === metric).map((row) => row.value)
}

/** The least area that any order of removal can reach: the largest contributions first. */
function leastArea(image: (typeof some)[number]): number {
  const parts = Array.from(perfect(image, undefined!, 0)).toSorted((a, b) => b - a)
  let logit = parts.reduce((sum, value) => sum + value, 0)
  const curve = [logit, ...parts.map((part) => (logit -= part))].map((value) => 1 / (1 + Math.exp(-value)))
  return areaUnder(curve)
}

describe('a perfect map, a worst map and chance', () => {
  test('deletion and insertion: the perfect map reaches the extremes', async () => {
    const options = { steps: SIDE * SIDE, deletion: 'zero', insertion: 'zero' }
    const values = await valuesOf(deletionInsertion, options)
    some.forEach((image, i) => {
      expect(values('perfect', 'deletion')[i]).toBeCloseTo(leastArea(image), 4)
      for (const other of ['worst', 'chance', 'gradient']) {
        expect(values(other, 'deletion')[i]!).toBeGreaterThan(values('perfect', 'deletion')[i]!)
        expect(values(other, 'insertion')[i]!).toBeLessThan(values('perfect', 'insertion')[i]!)
      }
      expect(values('worst', 'deletion')[i]!).toBeGreaterThan(values('chance', 'deletion')[i]!)
    })
  })

  test('pixel flipping: MoRF of the worst map is LeRF of the perfect one', async () => {
    const values = await valuesOf(pixelFlipping, { steps: 36 })
    values('perfect', 'morf').forEach((value, i) => expect(value).toBeCloseTo(values('worst', 'lerf')[i]!, 5))
    expect(Math.min(...(values('perfect', 'lerf-morf') as number[]))).toBeGreaterThan(0.2)
    expect(Math.max(...(values('worst', 'lerf-morf') as number[]))).toBeLessThan(-0.2)
  })

  test('region perturbation by patches tells them apart too', async () => {
    const values = await valuesOf(pixelFlipping, { patch: 3, steps: 8, share: 0.5 })
    values('perfect', 'aopc').forEach((value, i) =>
      expect(value).toBeGreaterThan(values('worst', 'aopc')[i]!),
    )
  })

  test('faithfulness correlation and sensitivity-n are 1, −1 and near 0', async () => {
    const correlation = await valuesOf(faithfulnessCorrelation, { size: 20, substrate: 'zero' })
    const ofN = await valuesOf(sensitivityN, { sizes: 1 })
    for (const [values, metric] of [
      [correlation, 'faithfulness-correlation'],
      [ofN, 'sensitivity-n 10 %'],
    ] as const) {
      for (const value of values('perfect', metric)) expect(value).toBeCloseTo(1, 4)
      for (const value of values('worst', metric)) expect(value).toBeCloseTo(-1, 4)
      const mean = values('chance', metric).reduce((sum: number, value) => sum + value!, 0) / some.length
      expect(Math.abs(mean)).toBeLessThan(0.2)
    }
  })

  test('infidelity of the gradient of a linear model is 0, whatever its scale once scaled', async () => {
    const values = await valuesOf(infidelity, { samples: 20 })
    for (const value of values('gradient', 'infidelity')) expect(value).toBeCloseTo(0, 6)
    for (const value of values('chance', 'infidelity-scaled')) expect(value).toBeGreaterThan(0.05)
  })

  test('ROAD and IROF prefer the perfect map', async () => {
    const imputed = await valuesOf(road, { steps: 4 })
    imputed('perfect', 'road').forEach((value, i) =>
      expect(value).toBeGreaterThan(imputed('worst', 'road')[i]!),
    )
    const features = await valuesOf(irof)
    features('perfect', 'irof').forEach((value, i) =>
      expect(value).toBeGreaterThan(features('worst', 'irof')[i]!),
    )
  })
})

describe('every check of faithfulness', () => {
  const checks = [
    deletionInsertion,
    pixelFlipping,
    road,
    sensitivityN,
    faithfulnessCorrelation,
    infidelity,
    irof,
    saco,
    polarity,
  ]

  test.each(checks.map((check) => [check.id, check] as const))(
    '%s: a constant map is undefined, not a number',
    async (_, check) => {
      const rows = await rowsOf(check, { constant }, { images: some.slice(0, 1), predict })
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows)
        expect(row).toMatchObject({ value: null, status: 'undefined', note: 'the map is constant' })
    },
  )

  test.each(checks.map((check) => [check.id, check] as const))(
    '%s: the same rows twice, and a mean with its interval',
    async (_, check) => {
      const setup = { images: some.slice(0, 4), predict }
      const [first, second] = [await rowsOf(check, { chance }, setup), await rowsOf(check, { chance }, setup)]
      expect(second).toEqual(first)
      const facts = [{ id: 'chance', handling: 'signed', start: 'one-hot' as const, control: false }]
      const { findings } = check.summarise(first, {
        options: resolveOptions(check.id, check.options),
        variants: facts,
      })
      for (const { value, interval, images: count } of findings) {
        expect(count).toBe(4)
        expect(interval![0]).toBeLessThanOrEqual(value!)
        expect(interval![1]).toBeGreaterThanOrEqual(value!)
      }
    },
  )
})

describe('parts', () => {
  test('ties are broken at random, not by place', () => {
    const order = descending(new Float32Array(100), createRandom('ties'))
    expect(order.toSorted()).toEqual(Uint32Array.from({ length: 100 }, (_, i) => i))
    expect(order.slice(0, 10)).not.toEqual(Uint32Array.from({ length: 10 }, (_, i) => i))
  })

  test('linear imputation restores a ramp, whose every pixel is the mean of its neighbours', () => {
    const ramp = Float32Array.from({ length: 144 }, (_, i) => (i % 12) / 11 + Math.floor(i / 12) / 5)
    const removed = Uint8Array.from({ length: 144 }, (_, i) => {
      const [y, x] = [Math.floor(i / 12), i % 12]
      return y > 2 && y < 8 && x > 3 && x < 9 ? 1 : 0
    })
    const imputed = imputeLinearly(ramp, [1, 12, 12], removed, 0, createRandom('noise'))!
    imputed.forEach((value, i) => expect(value).toBeCloseTo(ramp[i]!, 5))
  })

  test('superpixels do not cross the edge between two colours', () => {
    const image = Float32Array.from({ length: 400 }, (_, i) => (i % 20 < 7 ? 0 : 10))
    const { segments, count } = superpixels(image, [1, 20, 20], 16)
    expect(count).toBe(16)
    const colours = new Map<number, Set<number>>()
    segments.forEach((segment, i) => colours.set(segment, (colours.get(segment) ?? new Set()).add(image[i]!)))
    for (const found of colours.values()) expect(found.size).toBe(1)
  })

  test('substrates by name, by hand', () => {
    const image = Float32Array.of(1, 2, 3, 6, -1, -1, -1, -1)
    const of = (name: string) => Array.from(substrateOf(name, image, [2, 2, 2], createRandom('noise')))
    expect(of('zero')).toEqual(Array(8).fill(0))
    expect(of('black')).toEqual(Array(8).fill(-1))
    expect(of('mean')).toEqual([3, 3, 3, 3, -1, -1, -1, -1])
    // Two pixels of RISE's kernel along each axis, .0939821 + .0934894, squared; zeros beside the image.
    for (const value of of('blur').slice(4)) expect(value).toBeCloseTo(-(0.1874714517 ** 2), 6)
    expect(of('noise').every((value) => value >= -1 && value <= 6)).toBe(true)
    expect(() => of('grey')).toThrow(new RegExp(substrates.join(', ')))
  })

  test('area by trapezoids: (sum − first/2 − last/2) / (n − 1)', () => {
    expect(areaUnder([1, 0.5, 0])).toBe(0.5)
    expect(areaUnder([1, 1, 1, 1])).toBe(1)
  })
})
