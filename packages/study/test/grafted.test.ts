import {
  graftModel,
  graftWeights,
  type Pattern,
  patternPlace,
  patternValues,
  tensor,
  withPattern,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { openPredictor } from '@saliency/explain'
import { baseline } from '@saliency/method-baseline'
import { attention } from '@saliency/method-attention'
import { gradcampp } from '@saliency/method-gradcampp'
import { guided } from '@saliency/method-guided'
import { lrp } from '@saliency/method-lrp'
import { loadModel } from '@saliency/model-formats/node'
import { demoModelFolder, shapeImages } from '@saliency/zoo'
import { describe, expect, it } from 'vitest'
import { judgeStudy, memoryStore, openImageGroups, openRun, runStudy } from '../src/index.ts'
import sanity from '@saliency/sanity'
import { checks, residual, smallStudy } from './small-study.ts'

const images = shapeImages({ seed: 1001, count: 16, objects: 1 })
const shape = [3, 64, 64] as const

describe('a grafted term', () => {
  const pattern: Pattern = { size: 6, low: [-1, -2, 0], high: [2, 1, 1] }

  it('has half of its pixels bright, and lies inside of the image, at a place of its own', () => {
    const values = patternValues(pattern)
    for (const [channel, low] of pattern.low.entries())
      expect(values.subarray(channel * 36, (channel + 1) * 36).filter((value) => value === low)).toHaveLength(
        18,
      )
    const places = Array.from({ length: 200 }, (_, i) => patternPlace(`${i}`, shape, pattern))
    expect(new Set(places.map(({ top, left }) => `${top} ${left}`)).size).toBeGreaterThan(150)
    for (const { top, left } of places) expect(Math.max(top, left)).toBeLessThanOrEqual(58)
  })

  it.each([
    ['as one more feature', 'graft'],
    ['and to it alone where there are no feature maps', undefined],
  ])(
    'adds its strength to one logit where the pattern is, and nothing anywhere else, %s',
    async (_, layer) => {
      const { model: own, weights, preprocess } = await residual()
      const model = layer === undefined ? { ...own, target: { reason: 'there are none' } } : own
      const grafted = graftModel(model, pattern.size)
      expect(grafted.layers.find(({ name }) => name === 'graft')?.name).toBe(layer)
      if (layer !== undefined) expect(grafted.target.layer?.name).toBe(layer)
      const engine = await openOnnxRuntime()
      const original = await openPredictor(engine, model, weights, 4)
      const other = await openPredictor(engine, grafted, graftWeights({ model, weights }, pattern, 2, 5), 4)
      const group = await openImageGroups(images, preprocess).group(0)
      for (const isDrawn of [false, true]) {
        const inputs = group.images.map(({ input, id }) =>
          isDrawn ? withPattern(input, shape, pattern, id) : input,
        )
        const all = tensor(Float32Array.from(inputs.flatMap((input) => [...input])), [
          inputs.length,
          ...shape,
        ])
        const [before, after] = [await original.logits(all), await other.logits(all)]
        for (const [i, value] of after.data.entries())
          expect(value - before.data[i]!).toBeCloseTo(isDrawn && i % 8 === 2 ? 5 : 0, 3)
      }
      await original.dispose()
      await other.dispose()
    },
  )
})

describe('the check of it', () => {
  const truth = (options: object) => ({
    images,
    methods: [
      { method: guided, variant: 'gradient', options: {} },
      { method: baseline, variant: 'random', options: {} },
      { method: baseline, variant: 'edges', options: {} },
    ],
    checks: checks({ 'grafted-truth': options }),
  })

  it('finds what is known: gradients see the term, random maps do not, edges see it for any class', async () => {
    const planned = await smallStudy(truth({}))
    const store = memoryStore()
    expect((await runStudy({ ...planned, store })).failed).toEqual([])
    const { summary } = await judgeStudy(await openRun(store), { checks: sanity })
    const findings = summary.checks[0]!.findings.filter(({ metric }) => metric === 'grafted-truth')
    expect(findings.map(({ variant, outcome }) => [variant, outcome])).toEqual([
      ['guided/gradient', 'finds the grafted truth'],
      ['baseline/random', 'misses the grafted truth'],
      ['baseline/edges', expect.stringMatching(/any class|undecided/)],
    ])
    expect(findings[0]!.value).toBeGreaterThan(0.99)
    expect(findings.every(({ undefinedCount }) => undefinedCount === 0)).toBe(true)
    const chance = findings[1]!.interval!
    expect(chance[0] < 0.5 && chance[1] > 0.5).toBe(true)
  })

  it('finds it in a vision transformer, whose attention sees the term through one more head', async () => {
    const { model, weights, preprocess } = await loadModel(demoModelFolder('vit'))
    const methods = [
      { method: attention, variant: 'genatt', options: {} },
      { method: attention, variant: 'cdam', options: {} },
      { method: gradcampp, variant: 'gradcam', options: {} },
      { method: lrp, variant: 'cp-lrp-epsilon', options: {} },
    ]
    const planned = await smallStudy({
      ...truth({}),
      methods,
      model: { model, weights, preprocess: preprocess! },
    })
    const store = memoryStore()
    expect((await runStudy({ ...planned, store })).failed).toEqual([])
    const { summary } = await judgeStudy(await openRun(store), { checks: sanity })
    const mean = (variant: string, metric: string) =>
      summary.checks[0]!.findings.find((one) => one.variant === variant && one.metric === metric)!.value!
    for (const variant of ['attention/genatt', 'attention/cdam', 'gradcampp/gradcam', 'lrp/cp-lrp-epsilon']) {
      expect(mean(variant, 'pattern-rank'), variant).toBeGreaterThan(0.8)
      for (const without of ['other-class-mass', 'without-term-mass'])
        expect(mean(variant, 'pattern-mass'), `${variant} ${without}`).toBeGreaterThan(
          4 * mean(variant, without),
        )
    }
  })

  it.each([
    [{ size: 64 }, 'a pattern of 64 pixels does not fit'],
    [{ size: 2 }, 'a pattern of 2 pixels does not fit'],
    [{ target: 8 }, "two of the model's classes, 0 to 7"],
    [{ target: 1 }, "two of the model's classes, 0 to 7"],
  ])('refuses %o', async (options, message) => {
    await expect(smallStudy(truth(options))).rejects.toThrow(message)
  })
})
