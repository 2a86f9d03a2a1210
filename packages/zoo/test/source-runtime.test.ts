import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { importLayersModel, verifyModel } from '@saliency/model-formats'
import { loadModel, openSource } from '@saliency/model-formats/node'
import { describe, expect, it } from 'vitest'
import { assembleModel, DEMO_MODELS, demoModelFolder, PUBLIC_MODELS, seededWeights } from '../src/index.ts'
import { logitsOf, randomImage, relativeDifference, sourceLogits } from './source-runtime.ts'

describe('logits equal those of TensorFlow.js', () => {
  it.each(['mobilenet-v1-0.25', 'mobilenet-v2', 'efficientnet-b0', 'resnet50'] as const)(
    'for %s with seeded weights',
    async (name) => {
      const architecture = PUBLIC_MODELS[name].architecture()
      const weights = seededWeights(architecture, 5)
      const image = randomImage(224, 224, 5)
      const found = await logitsOf(await assembleModel(architecture, weights), image)
      const wanted = await sourceLogits(architecture.topology, weights, image)
      expect(found).toHaveLength(1000)
      expect(relativeDifference(found, wanted)).toBeLessThan(1e-4)
    },
  )

  it.each(DEMO_MODELS.filter((name) => !name.startsWith('vit')))('for the demo network %s', async (name) => {
    const folder = demoModelFolder(name)
    const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'))
    const bytes = await readFile(join(folder, 'weights.bin'))
    let offset = 0
    const specs = json.weightsManifest[0].weights as { name: string; shape: number[] }[]
    const weights = specs.map(({ name: weight, shape }) => {
      const size = shape.reduce((product, dim) => product * dim, 1)
      const data = new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + 4 * size)).buffer)
      offset += 4 * size
      return { name: weight, shape, data }
    })
    const image = randomImage(64, 64, 6)
    const imported = await importLayersModel(json, { read: async () => bytes })
    const wanted = await sourceLogits(json.modelTopology, weights, image)
    expect(relativeDifference(await logitsOf(imported, image), wanted)).toBeLessThan(1e-4)
  })
})

it.each(['vit', 'vit-permuted'])(
  'probabilities of %s equal those that ONNX Runtime makes of its file',
  async (name) => {
    const imported = await loadModel(demoModelFolder(name))
    const source = await openSource(demoModelFolder(name), imported)
    const found = await verifyModel(imported, source, await openOnnxRuntime())
    await source.dispose()
    expect(found).toMatchObject({ passed: true })
  },
)
