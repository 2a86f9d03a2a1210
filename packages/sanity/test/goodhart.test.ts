import { createRandom } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { goodhart } from '../src/checks/goodhart.ts'
import { greedyOrder, withoutPatches } from '../src/faithfulness/greedy.ts'
import { images, linearModel, SIDE, study, type Explainer } from './harness.ts'

const random = createRandom('weights of the linear model')
const weights = Float32Array.from({ length: SIDE * SIDE }, () => random.normal() / 4)
const predict = linearModel(weights)
const ofClassZero = (count: number) => images(count).map((image) => ({ ...image, label: 0 }))

/** What each pixel adds to the logit of class 0: exact for a linear model whose pixels become zero. */
const perfect: Explainer = ({ input }) => input.map((value, i) => value * weights[i]!)
const negated: Explainer = (...given) => perfect(...given).map((value) => -value)
const chance: Explainer = ({ id }) => {
  const noise = createRandom('chance', id)
  return Float32Array.from({ length: SIDE * SIDE }, () => noise.normal())
}

describe('greedy deletion', () => {
  const [image] = ofClassZero(1)
  const segments = Uint32Array.from({ length: SIDE * SIDE }, (_, i) => Math.floor((i % SIDE) / 3))
  const deletion = { image: image!.input, substrate: new Float32Array(SIDE * SIDE), segments, count: 4 }

  test('takes the patches of a linear model in the order of what they add, however many rounds it has', async () => {
    const added = [0, 1, 2, 3].map((patch) =>
      image!.input.reduce((sum, value, i) => sum + (segments[i] === patch ? value * weights[i]! : 0), 0),
    )
    const expected = [0, 1, 2, 3].toSorted((a, b) => added[b]! - added[a]!)
    for (const rounds of [1, 2, 4, 100])
      expect(await greedyOrder(deletion, 0, rounds, predict)).toEqual(expected)
  })

  test('replaces what is gone, and nothing else', () => {
    const changed = withoutPatches(deletion, new Set([2]))
    for (const [i, value] of changed.entries()) expect(value).toBe(segments[i] === 2 ? 0 : image!.input[i])
  })
})

test('the control beats what does not know the model, and not the exact map of a linear one', async () => {
  const setup = { images: ofClassZero(40), predict, options: { patch: 3, insertion: 'zero' } }
  const { rows, summary } = await study(goodhart, { perfect, negated, chance }, setup)
  const outcome = (variant: string, metric: string) =>
    summary.findings.find((finding) => finding.variant === variant && finding.metric === `${metric}-gain`)!
  for (const metric of ['patch-deletion', 'patch-insertion']) {
    expect(outcome('perfect', metric)).toMatchObject({ outcome: 'as good as the control', images: 40 })
    expect(outcome('perfect', metric).value).toBeCloseTo(0, 6)
    expect(outcome('negated', metric).outcome).toBe('the control wins')
    expect(outcome('chance', metric).outcome).toBe('the control wins')
  }
  expect(summary.notes![0]).toContain('beats 2 of 3 variants')
  expect(summary.notes![0]).toContain('proves nothing about explanation')
  const control = (variant: string) =>
    rows
      .filter((row) => row.variant === variant && row.metric.startsWith('control'))
      .map(({ value }) => value)
  expect(control('chance')).toEqual(control('perfect'))
})

test('a few images that differ tell nothing, and the study says so', async () => {
  const setup = { images: ofClassZero(3), predict, options: { patch: 3, insertion: 'zero' } }
  const { summary } = await study(goodhart, { perfect }, setup)
  const [gain] = summary.findings
  expect(gain).toMatchObject({ outcome: 'not told apart from the control', images: 3 })
  expect(summary.notes![0]).toContain('beats 0 of 1 variants; of 1 the images are too few to tell.')
})
