import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { importLayersModel } from '@saliency/model-formats'
import { describe, expect, it } from 'vitest'
import { openImages, readPreprocess } from '@saliency/images/node'
import { logitsOf, relativeDifference } from './source-runtime.ts'

const shared = resolve(process.env['SALIENCY_REFERENCE'] ?? join(import.meta.dirname, '../../../../shared'))

describe.skipIf(!existsSync(shared))('images as the reference decoded them (SALIENCY_REFERENCE)', () => {
  it('give the logits of the reference', async () => {
    const folder = join(shared, 'models/cifar10-resnet20')
    const reference = JSON.parse(
      await readFile(join(shared, 'reference/cifar10-resnet20/index.json'), 'utf8'),
    )
    const preprocess = await readPreprocess(join(folder, 'preprocess.json'))
    const set = await openImages(join(shared, 'images/cifar10-test'), { classes: preprocess.classes })
    const imported = await importLayersModel(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')), {
      read: (path) => readFile(join(folder, path)),
    })
    for (const [index, path] of (reference.images as string[]).entries()) {
      const position = set.images.findIndex((record) => path.endsWith(record.id))
      const { input, record } = await set.load(position, preprocess)
      expect(record.label).toBe(reference.label[index])
      const logits = await logitsOf(imported, input)
      expect(relativeDifference(logits, Float32Array.from(reference.logits[index]))).toBeLessThan(1e-4)
    }
  })
})
