import { describe, expect, test } from 'vitest'
import { completeness } from '../src/checks/completeness.ts'
import { dataRandomization } from '../src/checks/data-randomization.ts'
import { efficientMprt } from '../src/checks/efficient-mprt.ts'
import { inputInvariance } from '../src/checks/input-invariance.ts'
import { sensitivity } from '../src/checks/sensitivity.ts'
import { smoothMprt } from '../src/checks/smooth-mprt.ts'
import { histogramEntropy } from '../src/metrics/entropy.ts'
import { constant, inputOnly, sensitive, sobel, sometimesNaN } from './explainers.ts'
import { images, linearModel, rowsOf, SIDE, study, type Explainer } from './harness.ts'

const pixels = SIDE * SIDE
const weights = Float32Array.from({ length: pixels }, (_, i) => Math.sin(i))
const inputTimesGradient: Explainer = (image) => image.input.map((value, i) => value * weights[i]!)

describe('sensitivity', () => {
  test('a map that is the image moves as far as the image: bounded by the radius', async () => {
    const itself: Explainer = (image) => image.input
    const rows = await rowsOf(sensitivity, { itself }, { images: images(4), options: { radius: 0.1 } })
    for (const row of rows) expect(row.value).toBeGreaterThan(0.01)
    for (const row of rows) expect(row.value).toBeLessThan(0.1)
  })

  test('the largest change is at least the average', async () => {
    const rows = await rowsOf(sensitivity, { sobel }, { images: images(2) })
    const values = (metric: string) => rows.filter((row) => row.metric === metric).map((row) => row.value!)
    values('max-sensitivity').forEach((value, i) =>
      expect(value).toBeGreaterThan(values('average-sensitivity')[i]!),
    )
  })

  test('a constant map, which nothing moves, is undefined and not perfect', async () => {
    const rows = await rowsOf(sensitivity, { constant }, { images: images(1) })
    expect(rows[0]).toMatchObject({ value: null, status: 'undefined' })
  })
})

describe('input invariance', () => {
  const few = { images: images(3), options: { amount: 0.5 } }

  test('a map of edges does not see a constant; the image itself and input times gradient do', async () => {
    const itself: Explainer = (image) => image.input
    const rows = await rowsOf(inputInvariance, { sobel, itself, inputTimesGradient }, few)
    for (const row of rows) {
      if (row.variant === 'sobel') expect(row.value).toBeLessThan(1e-5)
      else expect(row.value).toBeGreaterThan(0.3)
    }
  })

  test('a constant map is undefined', async () => {
    const rows = await rowsOf(inputInvariance, { constant }, few)
    expect(rows[0]).toMatchObject({ value: null, status: 'undefined' })
  })
})

describe('completeness', () => {
  test('input times gradient of a linear model is complete, the gradient is not', async () => {
    const predict = linearModel(weights)
    const gradient: Explainer = () => weights
    const some = images(4).map((image) => ({ ...image, label: 0 }))
    const { summary } = await study(completeness, { inputTimesGradient, gradient }, { images: some, predict })
    const complete = (variant: string) =>
      summary.findings.find((finding) => finding.variant === variant && finding.metric === 'complete')!.value
    expect(complete('inputTimesGradient')).toBe(1)
    expect(complete('gradient')).toBe(0)
  })
})

describe('maps that are not finite', () => {
  test('are counted for every metric that the other images have, and the note says why', async () => {
    const predict = linearModel(weights)
    const some = images(8).map((image) => ({ ...image, label: 0 }))
    const { rows, summary } = await study(completeness, { sometimesNaN }, { images: some, predict })
    for (const metric of new Set(rows.map((row) => row.metric))) {
      const own = rows.filter((row) => row.metric === metric)
      expect(own, metric).toHaveLength(8)
      expect(
        own.filter(({ value }) => value === null),
        metric,
      ).toHaveLength(2)
    }
    for (const { undefinedCount, images: counted } of summary.findings)
      expect([counted, undefinedCount]).toEqual([6, 2])
    expect(summary.notes).toContain(
      '6 of 24 values are undefined; they are counted, not averaged (6: the map is not finite).',
    )
  })
})

describe('data randomisation', () => {
  test('depends, does not depend, undefined', async () => {
    const { summary } = await study(dataRandomization, { sensitive, sobel, constant }, { images: images(48) })
    const outcomes = summary.findings
      .filter(({ metric }) => metric === 'verdict')
      .map(({ variant, outcome }) => [variant, outcome])
    expect(Object.fromEntries(outcomes)).toEqual({
      sensitive: 'depends',
      sobel: 'does not depend',
      constant: 'undefined',
    })
  })

  test('a twin is one draw of training: verdicts are about it alone, and say so', async () => {
    const { summary } = await study(dataRandomization, { sensitive }, { images: images(48) })
    const verdict = summary.findings.find(({ kind }) => kind === 'verdict')!
    expect(verdict.notes).toContain('about this twin alone: what another would give is not known')
  })
})

describe('smooth MPRT', () => {
  const options = { samples: 3, steps: 2 }

  test('an explainer that looks only at the input scores exactly 1', async () => {
    const rows = await rowsOf(smoothMprt, { inputOnly }, { images: images(4), options })
    const same = rows.filter((row) => row.other === undefined)
    expect(same).toHaveLength(16)
    expect(new Set(same.map((row) => row.value))).toEqual(new Set([1]))
  })

  test('averages come before absolute values, the last sample is noise-free, and nothing is judged', async () => {
    const seen = new Set<string>()
    const spy: Explainer = (image, condition, target) => {
      seen.add(JSON.stringify(condition.input))
      return sensitive(image, condition, target)
    }
    const { summary } = await study(smoothMprt, { spy }, { images: images(8), options })
    expect([...seen].at(-1)).toBe('{"kind":"original"}')
    expect(seen.size).toBe(3)
    const verdict = summary.findings.find(({ metric }) => metric === 'verdict')!
    expect(verdict.outcome).toBeUndefined()
  })
})

describe('efficient MPRT', () => {
  test('entropy: two equal halves are ln 2, one value in each of four bins ln 4', () => {
    expect(histogramEntropy(Float32Array.of(0, 0, 1, 1), 100)).toBeCloseTo(Math.log(2), 12)
    expect(histogramEntropy(Float32Array.of(0, 1, 2, 3), 4)).toBeCloseTo(Math.log(4), 12)
  })

  test('nothing rises for an explainer that looks only at the input; a constant map is undefined', async () => {
    const rows = await rowsOf(efficientMprt, { inputOnly, constant }, { images: images(4) })
    const of = (variant: string) => rows.filter((row) => row.variant === variant).map((row) => row.value)
    expect(of('inputOnly')).toEqual([0, 0, 0, 0])
    expect(of('constant')).toEqual([null, null, null, null])
  })

  test('one draw of random weights gives a mean without an interval, several one that counts draws', async () => {
    const of = async (draws: number) => {
      const { summary } = await study(efficientMprt, { sensitive }, { images: images(8), options: { draws } })
      return summary.findings[0]!
    }
    const one = await of(1)
    expect(one.value).not.toBeNull()
    expect(one).not.toHaveProperty('interval')
    expect(one.notes!.join()).toContain('one draw of random weights')
    expect((await of(3)).interval![0]).toBeLessThan((await of(3)).value!)
    expect((await of(3)).notes).toEqual([])
  })

  test('a sparse map that becomes noise rises', async () => {
    const sparse: Explainer = (image, condition, target) =>
      condition.weights.kind === 'original'
        ? Float32Array.from({ length: pixels }, (_, i) => (i === 40 ? 1 : 0))
        : sensitive(image, condition, target)
    const rows = await rowsOf(efficientMprt, { sparse }, { images: images(2) })
    for (const row of rows) expect(row.value).toBeGreaterThan(5)
  })
})
