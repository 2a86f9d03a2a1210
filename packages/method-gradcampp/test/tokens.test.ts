import type { FloatTensor } from '@saliency/core'
import { explainWith, oneHot, seededImages, seededWeights, tinyTransformer } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { gradcampp, targetLayer } from '../src/index.ts'

const all = Object.keys(gradcampp.variants)
const refused = (hint: string) =>
  expect.objectContaining({
    code: 'INVALID_OPTION',
    message: expect.stringContaining(hint) as string,
  }) as Error

describe('tokens', () => {
  it.each([
    [0, 'mean', 'norm'],
    [1, 'first', 'blocks.1.norm1'],
    [4, 'first', 'blocks.1.norm1'],
    [1, 'mean', 'norm'],
  ] as const)(
    'with %i in front, of which %s is read: maps of 4 × 2 places at %s',
    async (prefix, readOut, name) => {
      const model = tinyTransformer({ prefix, readOut })
      expect(targetLayer(model, '').name).toBe(name)
      const maps = await explainWith({
        model,
        weights: seededWeights(model, { seed: 1, biases: true }),
        method: gradcampp,
        variants: all,
        inputs: seededImages(model, 2),
        direction: oneHot(model, [0, 3]),
      })
      for (const variant of all) expect(maps.get(variant)?.shape).toEqual([2, 1, 4, 2])
      expect(maps.get('gradcam-no-relu')?.data.some((value) => value !== 0)).toBe(true)
    },
  )

  it('that are no place leave the map; where all are averaged the gradient is one everywhere, and CAMs agree', async () => {
    const model = tinyTransformer({ prefix: 2, readOut: 'mean' })
    const maps = await explainWith({
      model,
      weights: seededWeights(model, { seed: 2, biases: true }),
      method: gradcampp,
      variants: ['hirescam-no-relu', 'gradcam-no-relu'],
      inputs: seededImages(model, 1),
      direction: oneHot(model, [1]),
    })
    const [unit, mean] = ['hirescam-no-relu', 'gradcam-no-relu'].map((name) => maps.get(name) as FloatTensor)
    expect(mean).toBeCloseToMap(unit as FloatTensor, 1e-5)
  })

  it('behind the last attention have no gradient under a class token: refused, with what would do', () => {
    const model = tinyTransformer()
    for (const layer of ['blocks.1.add1', 'blocks.1.mlp.fc2', 'norm']) {
      expect(() => targetLayer(model, layer)).toThrow(refused('has no gradient at any place'))
      expect(() => targetLayer(model, layer)).toThrow(refused('blocks.1.norm1'))
    }
    expect(targetLayer(model, 'blocks.0.add2').maps.shape).toEqual(['n', 12, 4, 2])
  })

  it('that a norm alone reads make HiResCAM zero by mathematics: refused; the others have maps', async () => {
    const model = tinyTransformer()
    const mapsOf = (variants: readonly string[]) =>
      explainWith({
        model,
        weights: seededWeights(model, { seed: 1, biases: true }),
        method: gradcampp,
        variants,
        options: { layer: 'blocks.0.add2' },
        inputs: seededImages(model, 1),
        direction: oneHot(model, [2]),
      })
    for (const variant of ['hirescam', 'hirescam-no-relu'])
      await expect(mapsOf([variant])).rejects.toThrow(refused('sum to zero at every place'))
    const maps = await mapsOf(all.filter((variant) => !variant.startsWith('hirescam')))
    expect(maps.get('gradcam-no-relu')?.data.some((value) => Math.abs(value) > 1e-4)).toBe(true)
  })

  it('that form no grid are refused', () => {
    const model = tinyTransformer({ hasGrid: false })
    expect(() => targetLayer(model, '')).toThrow(refused('no target layer that goes without saying'))
    expect(() => targetLayer(model, 'blocks.1.norm1')).toThrow(refused('is no image'))
  })
})
