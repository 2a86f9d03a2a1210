import {
  type Engine,
  findVariantById,
  type FloatTensor,
  type LoadedModel,
  resolveVariant,
} from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { type ExplainedMap, openExplainer } from '@saliency/explain'
import { loadModel } from '@saliency/model-formats/node'
import { mapError, oneHot, seededImages, testEngine, tinyNetwork } from '@saliency/testing'
import { demoModelFolder } from '@saliency/zoo'
import { describe, expect, test } from 'vitest'
import { methods } from '../src/works.ts'

/** Without a graphics card every shader is compiled for the processor, which takes long. */
const patience = 300_000

const webgpu = await openOnnxRuntime({ backend: 'native', device: 'webgpu' }).catch(
  (error: unknown) => (error as Error).message,
)
const isHere = typeof webgpu !== 'string'

/** Every variant that is part of the graph; those that average over noise run the same ones. */
const all = methods
  .filter(({ kind }) => kind !== 'sampling')
  .flatMap((method) => Object.keys(method.variants).map((name) => resolveVariant(method, name)))

async function mapsOn(engine: Engine, network: LoadedModel, variants: typeof all): Promise<ExplainedMap[]> {
  const explainer = openExplainer(network, { engine, variants, methods })
  try {
    const images = seededImages(network.model, 1)
    return await explainer.explain({ images, targets: oneHot(network.model, [1]) })
  } finally {
    await explainer.dispose()
  }
}

/** Its signed totals lie near zero, and ε alone keeps them from it. */
const dividesSigned = 'lrp/transformer-lrp-full-signed'

/** The largest difference of each map, of its largest value, unless it is rounding. */
async function differences(network: LoadedModel, variants = all): Promise<{ count: number; far: string[] }> {
  const expected = await mapsOn(await testEngine(), network, variants)
  const found = new Map((await mapsOn(webgpu as Engine, network, variants)).map((map) => [map.id, map]))
  const far = expected.flatMap((map) => {
    const largest = Math.max(...mapError(found.get(map.id) as FloatTensor, map).largest)
    const { dividesTotals } = findVariantById(methods, map.id).traits
    return largest <= (dividesTotals || map.id === dividesSigned ? 2e-3 : 2e-4)
      ? []
      : [`${map.id} ${largest.toExponential(1)}`]
  })
  return { count: expected.length, far }
}

describe.skipIf(!isHere)(
  `maps on WebGPU are those of the processor${isHere ? '' : ` (skipped: ${webgpu})`}`,
  () => {
    test.each([
      ['conv-pool', 70],
      ['depthwise', 70],
      ['transformer', 70],
    ])('every variant on the tiny network %s', { timeout: patience }, async (name, least) => {
      const { count, far } = await differences(tinyNetwork(name))
      expect(far).toEqual([])
      expect(count).toBeGreaterThanOrEqual(least)
    })

    test('one of each family on a demo network', { timeout: patience }, async () => {
      const ids = [
        'guided/gradient',
        'guided/guided',
        'gradcampp/gradcampp',
        'fullgrad/fullgrad',
        'lrp/epsilon-plus',
        'rectgrad/rectgrad-98',
      ]
      const network = await loadModel(demoModelFolder('residual'))
      const { count, far } = await differences(
        network,
        ids.map((id) => findVariantById(methods, id)),
      )
      expect(far).toEqual([])
      expect(count).toBe(ids.length)
    })
  },
)
