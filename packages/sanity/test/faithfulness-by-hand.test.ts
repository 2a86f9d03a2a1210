import { createRandom, type Predict, type Row } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { completeness } from '../src/checks/completeness.ts'
import { infidelity } from '../src/checks/infidelity.ts'
import { pixelFlipping } from '../src/checks/pixel-flipping.ts'
import { road } from '../src/checks/road.ts'
import { sensitivityN } from '../src/checks/sensitivity-n.ts'
import { imputeLinearly } from '../src/faithfulness/impute.ts'
import { substrateOf } from '../src/faithfulness/substrate.ts'
import { superpixels } from '../src/faithfulness/superpixels.ts'
import { images, linearModel, rowsOf, SIDE, type Explainer } from './harness.ts'

const pixels = SIDE * SIDE
const weights = Float32Array.from({ length: pixels }, (_, i) => Math.cos(i) / 10)
const [image] = images(1).map((one) => ({ ...one, label: 0 }))
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value))
const ramp: Explainer = () => Float32Array.from({ length: pixels }, (_, i) => i)

/** The logit of class 0 from what `score` makes of an input; class 1 has 0. */
function modelOf(score: (input: Float32Array) => number): Predict {
  return async (inputs) => {
    const logits = new Float32Array((inputs.length / pixels) * 2)
    for (let i = 0; i < inputs.length / pixels; i++)
      logits[2 * i] = score(inputs.subarray(i * pixels, (i + 1) * pixels))
    return { logits, classes: 2 }
  }
}

function valueOf(rows: readonly Row[], metric: string): number {
  return rows.find((row) => row.metric === metric)!.value!
}

describe('completeness', () => {
  const ones = { ...image!, input: new Float32Array(pixels).fill(1) }
  const predict = modelOf((input) => input.reduce((sum, value) => sum + value, 2))
  /** Sums to 151.2; the logit is 146, that of the zero input 2. */
  const nearly: Explainer = () => new Float32Array(pixels).fill(1.05)

  test.each([
    [0.04, 1],
    [0.03, 0],
  ])(
    'a map 3.6 %% above the logit and 5 %% above the difference from zero, at tolerance %d',
    async (tolerance, complete) => {
      const rows = await rowsOf(completeness, { nearly }, { images: [ones], options: { tolerance }, predict })
      expect(valueOf(rows, 'completeness-error')).toBeCloseTo(5.2 / 146, 5)
      expect(valueOf(rows, 'completeness-error-zero-baseline')).toBeCloseTo(7.2 / 144, 5)
      expect(valueOf(rows, 'complete')).toBe(complete)
    },
  )

  test('one that sums to the difference from zero is complete, whatever the bias', async () => {
    const itself: Explainer = ({ input }) => input
    const rows = await rowsOf(completeness, { itself }, { images: [ones], predict })
    expect(valueOf(rows, 'completeness-error')).toBeCloseTo(2 / 146, 6)
    expect(valueOf(rows, 'complete')).toBe(1)
  })
})

test('infidelity of k times the gradient is (k − 1)² times E[(I·Φ)²], and 0 once scaled', async () => {
  const times =
    (factor: number): Explainer =>
    () =>
      weights.map((value) => factor * value)
  const explainers = { none: times(1e-9), double: times(2), triple: times(3) }
  const rows = await rowsOf(infidelity, explainers, { images: [image!], predict: linearModel(weights) })
  const of = (variant: string, metric: string) =>
    valueOf(
      rows.filter((row) => row.variant === variant),
      metric,
    )
  // A map of nothing leaves E[drop²], which for the gradient is E[(I·Φ)²].
  const squares = of('none', 'infidelity')
  expect(squares).toBeGreaterThan(0.001)
  expect(of('double', 'infidelity') / squares).toBeCloseTo(1, 4)
  expect(of('triple', 'infidelity') / squares).toBeCloseTo(4, 4)
  expect(of('triple', 'infidelity-scaled') / squares).toBeCloseTo(0, 6)
})

test('pixel flipping in one step: the mean of what the model says with all pixels and with none', async () => {
  const predict = linearModel(weights)
  const before = sigmoid(image!.input.reduce((sum, value, i) => sum + value * weights[i]!, 0))
  const rows = await rowsOf(pixelFlipping, { ramp }, { images: [image!], options: { steps: 1 }, predict })
  expect(valueOf(rows, 'morf')).toBeCloseTo((before + 0.5) / 2, 5)
  expect(valueOf(rows, 'aopc')).toBeCloseTo((0 + (before - 0.5)) / 2, 5)
})

test('ROAD removes shares of 1/4, 2/4 and 3/4 in three steps', async () => {
  const grey = { ...image!, input: new Float32Array(pixels) }
  // Every imputed pixel of a grey image is its noise: the model counts them.
  const predict = modelOf((input) => input.filter((value) => value !== 0).length / 100)
  const rows = await rowsOf(road, { ramp }, { images: [grey], options: { steps: 3 }, predict })
  const expected = (sigmoid(0.36) + sigmoid(0.72) + sigmoid(1.08)) / 3
  expect(valueOf(rows, 'road-morf')).toBeCloseTo(expected, 6)
  expect(valueOf(rows, 'road')).toBeCloseTo(0, 6)
})

test.each([
  [1, ['10 %']],
  [2, ['1.0 %', '80 %']],
  [3, ['1.0 %', '8.9 %', '80 %']],
])('sensitivity-n at %d sizes, 1 %% · 80^(i/(n − 1))', async (sizes, shares) => {
  const setup = { images: [image!], options: { sizes, subsets: 3 }, predict: linearModel(weights) }
  const rows = await rowsOf(sensitivityN, { ramp }, setup)
  expect(rows.map(({ metric }) => metric)).toEqual(shares.map((share) => `sensitivity-n ${share}`))
})

describe('parts', () => {
  test('an imputed corner: neighbours 5 and 10 count 1/6 each, 20 counts 1/12, and weights sum to 1', () => {
    const plane = Float32Array.of(99, 5, 0, 10, 20, 0, 0, 0, 0)
    const removed = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0)
    const imputed = imputeLinearly(plane, [1, 3, 3], removed, 0, createRandom('none'))!
    expect(imputed[0]).toBeCloseTo((2 * 5 + 2 * 10 + 20) / 5, 5)
    expect(imputed.subarray(1)).toEqual(plane.subarray(1))
  })

  test('noise of the given deviation on imputed pixels alone', () => {
    const removed = Uint8Array.of(1, 0, 1, 1)
    const imputed = imputeLinearly(new Float32Array(4), [1, 2, 2], removed, 0.5, createRandom('noise'))!
    const random = createRandom('noise')
    const noise = [0, 0, 0].map(() => Math.fround(0.5 * random.normal()))
    expect([...imputed]).toEqual([noise[0], 0, noise[1], noise[2]])
  })

  test('superpixels of grey are equal parts: every pixel goes to the nearest centre', () => {
    const square = superpixels(new Float32Array(16), [1, 4, 4], 4)
    expect([...square.segments]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3])
    const line = superpixels(new Float32Array(9), [1, 1, 9], 1)
    expect([...line.segments]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2])
  })

  test("RISE's blur: its kernel by scipy.ndimage.gaussian_filter of a point in 11 × 11, SciPy 1.17.1", () => {
    const half = [
      0.09398206326843248, 0.09348938844291409, 0.09219111781938807, 0.09047419654910865, 0.08889611977709483,
      0.08795814577727815,
    ]
    const plane = Float32Array.from({ length: 13 * 21 }, (_, i) => (i === 6 * 21 + 10 ? 1 : 0))
    const blurred = substrateOf('blur', plane, [1, 13, 21], createRandom('none'))
    for (let x = 0; x <= 5; x++)
      for (let y = 0; y <= 5; y++) expect(blurred[(6 + y) * 21 + 10 - x]).toBeCloseTo(half[x]! * half[y]!, 8)
    expect(blurred[6 * 21 + 16]).toBe(0)
  })

  test('zeros beside the image: scipy.ndimage.convolve(mode="constant") of a plane of 12 × 13', () => {
    const plane = Float32Array.from({ length: 12 * 13 }, (_, i) => {
      return ((3 * Math.floor(i / 13) + 5 * (i % 13)) % 7) - 2
    })
    const blurred = substrateOf('blur', plane, [1, 12, 13], createRandom('none'))
    expect(blurred[0]).toBeCloseTo(0.3233589567244053, 6)
    expect(blurred[6 * 13 + 6]).toBeCloseTo(0.9923870749771595, 6)
    expect(blurred[11 * 13 + 12]).toBeCloseTo(0.30105133913457394, 6)
    expect(blurred[3 * 13 + 9]).toBeCloseTo(0.6783386813476682, 6)
  })
})
