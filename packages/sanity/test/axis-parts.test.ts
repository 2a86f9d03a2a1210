import { resolveOptions, type Row } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { planesOf } from '../src/verdict/planes.ts'
import { activationCurves } from '../src/checks/activation-scale.ts'
import { classSensitivity } from '../src/checks/class-sensitivity.ts'
import { parameterRandomization } from '../src/checks/parameter-randomization.ts'
import { smoothMprt } from '../src/checks/smooth-mprt.ts'
import { constant, sensitive, signFlipper, sobel } from './explainers.ts'
import { fourBlocks, images, modelOf, study, type Explainer } from './harness.ts'

describe('channels become one', () => {
  const maps = {
    data: Float32Array.of(1, -2, -3, 1, 2, 2),
    shape: [1, 3, 1, 2] as const,
    targets: [0],
  }

  test.each([
    ['sum', [0, 1]],
    ['sum-of-abs', [6, 5]],
    ['max-abs', [-3, -2]],
  ] as const)(
    'by %s, worked out by hand; of two equal magnitudes the first counts',
    (reduction, expected) => {
      expect([...planesOf(maps, reduction)[0]!.data]).toEqual(expected)
    },
  )

  test('magnitudes of one channel are magnitudes', () => {
    const one = { ...maps, shape: [1, 1, 2, 3] as const }
    expect([...planesOf(one, 'sum-of-abs')[0]!.data]).toEqual([1, 2, 3, 1, 2, 2])
  })
})

test('a contrast with a counterpart that is not judged is not tested either', async () => {
  const facts = { sensitive: { counterpart: 'signFlipper' }, signFlipper: { start: 'logit' } } as const
  const { summary } = await study(classSensitivity, { sensitive, signFlipper }, { images: images(16), facts })
  const contrast = summary.findings.find(({ metric }) => metric === 'retained-dependence')!
  expect(contrast.variant).toBe('sensitive')
  expect(contrast).not.toHaveProperty('p')
  expect(contrast.notes!.join()).toContain('starts from the logit')
})

test('curves of s and e start at 1 where nothing is randomised; chance has no such point', async () => {
  const setup = { images: images(8), options: { draws: 1 } }
  const { summary } = await study(parameterRandomization, { sobel }, setup)
  const first = (metric: string) => summary.curves!.find((curve) => curve.metric === metric)!.points[0]
  const start = { x: 0, label: 'original', y: 1 }
  expect([first('spearman'), first('spearman survival')]).toEqual([start, start])
  expect(first('spearman chance')).toMatchObject({ x: 1, label: 'head' })
})

test.each([
  ['fixed', { policy: 'rank', rank: 0 }, { policy: 'rank', rank: 0 }],
  ['label', { policy: 'label' }, { policy: 'label' }],
  ['argmax', { policy: 'rank', rank: 0 }, { policy: 'argmax' }],
])('parameter randomisation explains, under target %s, the class it says', (target, original, changed) => {
  const options = resolveOptions('', parameterRandomization.options, { target, draws: 1 })
  const conditions = parameterRandomization.conditions({ model: fourBlocks, images: 8, options })
  expect(conditions.map((condition) => condition.target)).toEqual([original, ...Array(4).fill(changed)])
})

describe('a step at which every map is constant', () => {
  const blocks = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`block${i}`, [`conv${i}`]]))
  const layersOf = ({ weights }: Parameters<Explainer>[1]) =>
    weights.kind === 'randomized' ? weights.layers.length : 0
  const dyingAt12: Explainer = (image, condition, target) =>
    layersOf(condition) === 12
      ? constant(image, condition, target)
      : layersOf(condition) === 0
        ? sensitive(image, condition, target)
        : image.input

  test('is left out, counted and told: one of twelve is below 10 %', async () => {
    const setup = { images: images(48), options: { draws: 2 }, model: modelOf(blocks) }
    const { summary } = await study(parameterRandomization, { dyingAt12 }, setup)
    const verdict = summary.findings.find(({ metric }) => metric === 'verdict')!
    expect(verdict).toMatchObject({ outcome: 'depends', undefinedCount: 48 * 3 * 2 })
    expect(verdict).toMatchObject({ emptySteps: 1, details: { steps: 12 } })
    expect(verdict.notes).toContain('1 of 12 steps left out: no pair is defined there')
  })
})

test('smooth MPRT compares magnitudes: a map that only flips its sign under random weights is the same', async () => {
  const flipping: Explainer = ({ input }, { weights }) =>
    weights.kind === 'randomized' ? input.map((value) => -value) : input
  const options = { samples: 1, steps: 1 }
  const { summary } = await study(smoothMprt, { flipping }, { images: images(8), options })
  const value = (metric: string) => summary.findings.find((finding) => finding.metric === metric)!
  expect(value('verdict')).toMatchObject({ similarity: 'spearman-abs', same: { value: 1 } })
  expect(value('spearman').value).toBe(-1)
})

test('scales are averaged over groups geometrically: a hundredth and a hundredfold are 1', () => {
  const rows = [0.01, 100].map((value, group): Row => ({
    metric: 'activation-scale',
    variant: 'any',
    condition: 'top-down:01:head',
    image: `group ${group}`,
    value,
    status: 'ok',
    protocol: { step: 1, block: 'head', at: 'stem', depth: 0 },
  }))
  expect(activationCurves('any', rows)[0]!.points[1]!.y).toBeCloseTo(1, 12)
})
