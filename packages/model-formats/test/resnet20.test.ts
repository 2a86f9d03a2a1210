import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { beforeAll, describe, expect, test } from 'vitest'
import { importLayersModel, importOnnx, verifyModel, type ImportedModel } from '../src/index.ts'
import { openSource } from '../src/node.ts'
import {
  cifarImage,
  folder,
  hasReference,
  largestDifference,
  logitsOf,
  referenceFolder,
} from './reference.ts'

interface Index {
  readonly images: readonly string[]
  readonly logits: readonly (readonly number[])[]
}

const modelFolder = join(referenceFolder, 'models/cifar10-resnet20')

const importers: Record<string, () => Promise<ImportedModel>> = {
  'TensorFlow.js layers': async () => {
    const json: unknown = JSON.parse(await readFile(join(modelFolder, 'model.json'), 'utf8'))
    return importLayersModel(json, folder(modelFolder))
  },
  ONNX: async () =>
    importOnnx(new Uint8Array(await readFile(join(modelFolder, 'model.onnx'))), folder(modelFolder)),
}

describe.skipIf(!hasReference).each(Object.entries(importers))('ResNet-20 as %s', (_, load) => {
  let index: Index
  let imported: ImportedModel
  beforeAll(async () => {
    index = JSON.parse(
      await readFile(join(referenceFolder, 'reference/cifar10-resnet20/index.json'), 'utf8'),
    ) as Index
    imported = await load()
  })

  test('gives the reference logits', async () => {
    for (const [position, path] of index.images.entries()) {
      const logits = await logitsOf(imported, await cifarImage(path))
      expect(largestDifference(logits, index.logits[position] ?? [])).toBeLessThan(1e-4)
    }
  })

  test('agrees with its own runtime', async () => {
    const path = join(modelFolder, imported.format === 'onnx' ? 'model.onnx' : 'model.json')
    const source = await openSource(path, imported)
    const result = await verifyModel(imported, source, await openOnnxRuntime({ threads: 1 }))
    await source.dispose()
    expect(result.difference).toBeLessThan(1e-4)
  })

  test('knows its layers', () => {
    const { model } = imported
    expect(model.image.shape).toEqual(['n', 3, 32, 32])
    expect(model.target.layer?.output.shape).toEqual(['n', 64, 8, 8])
    expect(model.firstLinear.name).toBe('conv1')
    expect(model.layers.filter((layer) => layer.nodes.some(({ op }) => op === 'Relu'))).toHaveLength(19)
    expect(model.blocks.length).toBeGreaterThanOrEqual(11)
  })
})
