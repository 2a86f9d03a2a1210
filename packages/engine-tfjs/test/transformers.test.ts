import {
  findVariantById,
  type Engine,
  type FloatTensor,
  type Method,
  type ResolvedVariant,
} from '@saliency/core'
import { openExplainer } from '@saliency/explain'
import attention from '@saliency/method-attention'
import gradcampp from '@saliency/method-gradcampp'
import lrp from '@saliency/method-lrp'
import { oneHot, seededImages, testEngine, tinyNetwork } from '@saliency/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBackends } from './compare.ts'

const methods = [attention, gradcampp, lrp].flat() as unknown as readonly Method[]
const of = (method: string, wanted: (name: string) => boolean = () => true) =>
  Object.keys(methods.find(({ id }) => id === method)?.variants ?? {})
    .filter(wanted)
    .map((name) => `${method}/${name}`)

/** Everything that reads an attention: its maps, relevance through it, and class activation maps of tokens. */
const variants: readonly ResolvedVariant[] = [
  ...of('attention'),
  ...of('lrp', (name) => /^(cp|attn)-lrp/.test(name)),
  ...of('lrp-at-tokens'),
  ...of('transformer-attribution'),
  'gradcampp/gradcam',
  'gradcampp/layercam',
].map((id) => findVariantById(methods, id))

/** Two images, two classes, and every map by its variant. */
async function mapsOn(engine: Engine, name: string) {
  const network = tinyNetwork(name)
  const explainer = openExplainer(network, { engine, variants, methods, batchSize: 2 })
  try {
    expect(explainer.unavailable).toEqual([])
    const images = seededImages(network.model, 2)
    return await explainer.explain({ images, targets: oneHot(network.model, [1, 3]) })
  } finally {
    await explainer.dispose()
  }
}

describe('attention maps, and relevance through attention, are those of ONNX Runtime', () => {
  let engines: readonly Engine[]
  beforeAll(async () => {
    engines = await openBackends(['wasm', 'tensorflow'])
  })
  afterAll(() => expect(engines.length).toBeGreaterThan(0))

  it.each(['transformer', 'transformer-registers'])('of the network %s', async (name) => {
    const expected = await mapsOn(await testEngine(), name)
    expect(expected.length).toBeGreaterThan(40)
    for (const engine of engines) {
      const maps = await mapsOn(engine, name)
      for (const [at, map] of maps.entries()) {
        const { id, traits } = variants[at] as ResolvedVariant
        // Totals near zero turn the order of a sum into more than its own rounding.
        const tolerance = traits.dividesTotals ? 3e-3 : 1e-4
        expect(map.id).toBe(id)
        expect(map, `${engine.id}: ${id}`).toBeCloseToMap(expected[at] as FloatTensor, tolerance)
      }
    }
  })
})
