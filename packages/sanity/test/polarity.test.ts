import { createRandom, type Row } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { polarity } from '../src/checks/polarity.ts'
import { saco, salienceGuidedFaithfulness } from '../src/checks/saco.ts'
import { judgePolarity } from '../src/polarity/judge-polarity.ts'
import { judgeTruth } from '../src/grafted/judge-truth.ts'
import { agreement, coinSigned, strongestOf } from '../src/polarity/strongest.ts'
import { factsOf, images, linearModel, SIDE, study, type Explainer } from './harness.ts'

const random = createRandom('weights of the linear model')
const weights = Float32Array.from({ length: SIDE * SIDE }, () => random.normal() / 4)
const predict = linearModel(weights)
const ofClassZero = (count: number) => images(count).map((image) => ({ ...image, label: 0 }))

/** What each pixel adds to the logit of class 0: exact for a linear model whose pixels become zero. */
const perfect: Explainer = ({ input }) => input.map((value, i) => value * weights[i]!)
const negated: Explainer = (...given) => perfect(...given).map((value) => -value)
const magnitude: Explainer = (...given) => perfect(...given).map(Math.abs)
const chance: Explainer = ({ id }) => {
  const noise = createRandom('chance', id)
  return Float32Array.from({ length: SIDE * SIDE }, () => noise.normal())
}
const zeroed = { substrate: 'zero', patch: 3 } as const

describe('polarity', () => {
  test('the strongest region of each sign, and none where a sign is missing', () => {
    expect(strongestOf([1, -3, 2, 0])).toEqual({
      positive: { segment: 2, sign: 1 },
      negative: { segment: 1, sign: -1 },
    })
    expect(strongestOf([0, 2])).toEqual({ positive: { segment: 1, sign: 1 } })
    expect(strongestOf([-1, 0])).toEqual({ negative: { segment: 0, sign: -1 } })
    expect(strongestOf([0, 0])).toEqual({})
  })

  test('a positive region agrees with a logit that falls without it, a negative one with a logit that rises', () => {
    const [up, down] = [{ segment: 0, sign: 1 } as const, { segment: 0, sign: -1 } as const]
    expect([agreement(up, 2), agreement(up, -2), agreement(up, 0)]).toEqual([1, 0, 0.5])
    expect([agreement(down, 2), agreement(down, -2)]).toEqual([0, 1])
  })

  test('coins keep every magnitude and throw both signs', () => {
    const thrown = coinSigned(Float64Array.of(1, -2, 3, -4, 5, 6, 7, 8), createRandom('coins'))
    expect([...thrown].map(Math.abs)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(thrown.some((value) => value < 0) && thrown.some((value) => value > 0)).toBe(true)
  })

  test('of a linear model: exact signs hold, negated ones are reversed, random ones do not hold', async () => {
    const explainers = { perfect, negated, chance }
    const facts = { negated: { counterpart: 'perfect' } }
    const setup = { images: ofClassZero(104), predict, options: zeroed, facts }
    const { summary } = await study(polarity, explainers, setup)
    const found = (variant: string, metric = 'polarity') =>
      summary.findings.find((finding) => finding.variant === variant && finding.metric === metric)!
    expect(found('perfect')).toMatchObject({ value: 1, outcome: 'the sign holds', images: 104 })
    expect(found('negated')).toMatchObject({ value: -1, outcome: 'the sign is reversed' })
    expect(found('chance').outcome).toBe('the sign does not hold')
    expect(found('negated', 'polarity-less-counterpart').value).toBe(-2)
    expect(found('perfect', 'pixel-violation').value).toBe(0)
    expect(found('negated', 'pixel-violation').value).toBe(1)
    const shuffled = found('perfect', 'shuffled-agreement')
    expect(shuffled.interval![0]).toBeLessThan(0.5)
    expect(shuffled.interval![1]).toBeGreaterThan(0.5)
  })

  test('a map of magnitudes is judged on its positive regions, and not comparable with a signed one', async () => {
    const facts = { magnitude: { counterpart: 'perfect' } }
    const setup = { images: ofClassZero(40), predict, options: zeroed, facts }
    const { summary } = await study(polarity, { perfect, magnitude }, setup)
    const [own, beside] = summary.findings.filter(({ variant }) => variant === 'magnitude')
    expect(own!.notes).toContain('no negative regions: not comparable there, judged on the positive ones')
    expect(own!.outcome).not.toBe('the sign holds')
    expect(beside).toMatchObject({ value: null, outcome: 'not comparable' })
  })

  /** Rows of a variant whose strongest regions agree with a given chance. */
  function rowsOf(truth: number, count: number, study: number): Row[] {
    const coin = createRandom('polarity simulation', truth, count, study)
    return Array.from({ length: count }, (_, i) => ({
      metric: 'sign-agreement',
      variant: 'v',
      condition: 'original',
      image: `image ${i}`,
      value: (Number(coin.uniform() < truth) + Number(coin.uniform() < truth)) / 2,
      status: 'ok',
      protocol: {},
    }))
  }

  test.each([32, 100, 300])('error rates with %d images: intervals cover, few false verdicts', (count) => {
    for (const truth of [0.5, 0.75, 0.95, 1]) {
      let [covered, isFalse] = [0, 0]
      const studies = 400
      for (let i = 0; i < studies; i++) {
        const [finding] = judgePolarity(rowsOf(truth, count, i), factsOf(['v']), 0.5)
        const [low, high] = finding!.interval!
        covered += Number(low <= 2 * truth - 1 && 2 * truth - 1 <= high)
        const wrong = truth <= 0.75 ? 'the sign holds' : 'the sign does not hold'
        isFalse += Number(finding!.outcome === wrong || finding!.outcome === 'the sign is reversed')
      }
      expect(covered / studies, `coverage at ${truth}`).toBeGreaterThanOrEqual(0.93)
      expect(isFalse / studies, `false verdicts at ${truth}`).toBeLessThanOrEqual(0.05)
    }
  })
})

describe('SaCo', () => {
  test('three groups by hand: pairs in order count for the map, the others against it', () => {
    expect(salienceGuidedFaithfulness([5, 2, 1], [0.4, 0.1, 0.2])).toBeCloseTo((3 + 4 - 1) / 8, 12)
    expect(salienceGuidedFaithfulness([5, 2, 1], [0.4, 0.2, 0.1])).toBe(1)
    expect(salienceGuidedFaithfulness([5, 2, 1], [0.1, 0.2, 0.4])).toBe(-1)
    expect(salienceGuidedFaithfulness([1, 1], [0.1, 0.2])).toEqual({
      undefined: 'all groups of pixels have the same salience',
    })
  })

  test('of a linear model: exact maps score 1, negated ones −1, random ones 0 on average', async () => {
    const setup = { images: ofClassZero(64), predict, options: { substrate: 'zero' } }
    const { summary } = await study(saco, { perfect, negated, chance }, setup)
    const found = (variant: string) => summary.findings.find((finding) => finding.variant === variant)!
    expect(found('perfect').value).toBeCloseTo(1, 6)
    expect(found('negated').value).toBeCloseTo(-1, 6)
    expect(found('chance').interval![0]).toBeLessThan(0)
    expect(found('chance').interval![1]).toBeGreaterThan(0)
  })
})

describe('grafted truth', () => {
  /** Rows of a variant whose ranks spread around their means. */
  function rowsOf(own: number, other: number, count: number, study: number): Row[] {
    const random = createRandom('truth simulation', own, other, count, study)
    const near = (mean: number) => Math.min(1, Math.max(0, mean + 0.15 * (2 * random.uniform() - 1)))
    const row = (metric: string, image: number, value: number): Row => ({
      metric,
      variant: 'v',
      condition: 'grafted',
      image: `image ${image}`,
      value,
      status: 'ok',
      protocol: {},
    })
    return Array.from({ length: count }, (_, i) => [
      row('pattern-rank', i, near(own)),
      row('other-class-rank', i, near(other)),
    ]).flat()
  }

  test('a map that is the same without the term is no evidence against its method; of a control it is', () => {
    const rows = rowsOf(0.5, 0.5, 32, 0).flatMap((row) => {
      const mass = row.metric === 'pattern-rank' ? [0.02 + row.value! / 10] : []
      const ofMass = (metric: string, value: number): Row => ({ ...row, metric, value })
      return [
        row,
        ...mass.flatMap((m) => [ofMass('pattern-mass', m), ofMass('without-term-mass', m * (1 + 1e-6))]),
      ]
    })
    const [facts] = factsOf(['v'])
    const [unseen] = judgeTruth(rows, [facts!], 0.8)
    expect(unseen).toMatchObject({ outcome: 'undefined', value: null })
    expect(unseen!.notes!.join()).toContain('the same without the term')
    expect(judgeTruth(rows, [{ ...facts!, control: true }], 0.8)[0]!.outcome).toBe('misses the grafted truth')
    const seen = rows.map((row, at) =>
      row.metric === 'without-term-mass' && at < 4 ? { ...row, value: row.value! * 1.01 } : row,
    )
    expect(judgeTruth(seen, [facts!], 0.8)[0]!.outcome).toBe('misses the grafted truth')
  })

  test.each([32, 100, 300])('error rates with %d images: intervals cover, few false verdicts', (count) => {
    const cases = [
      { own: 0.85, other: 0.5, wrong: ['misses the grafted truth', 'finds it for any class'] },
      { own: 0.8, other: 0.5, wrong: ['finds it for any class'] },
      { own: 0.75, other: 0.5, wrong: ['finds the grafted truth', 'finds it for any class'] },
      { own: 0.85, other: 0.85, wrong: ['misses the grafted truth', 'finds the grafted truth'] },
      { own: 0.5, other: 0.5, wrong: ['finds the grafted truth', 'finds it for any class'] },
    ]
    for (const { own, other, wrong } of cases) {
      let [covered, isFalse] = [0, 0]
      const studies = 400
      for (let i = 0; i < studies; i++) {
        const [finding] = judgeTruth(rowsOf(own, other, count, i), factsOf(['v']), 0.8)
        const [low, high] = finding!.interval!
        covered += Number(low <= own && own <= high)
        isFalse += Number(wrong.includes(finding!.outcome!))
      }
      expect(covered / studies, `coverage at ${own}`).toBeGreaterThanOrEqual(0.93)
      expect(isFalse / studies, `false verdicts at ${own}, ${other}`).toBeLessThanOrEqual(0.05)
    }
  })
})
