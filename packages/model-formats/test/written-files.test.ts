import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { unzipSync, zipSync } from 'fflate'
import { afterAll, describe, expect, test } from 'vitest'
import { loadModel } from '../src/node.ts'
import { graphModel, operation, weight, whole } from './graph-model.ts'
import { writeKerasArchive } from './keras-file.ts'
import { saveLayersModel } from './layers-model.ts'

const root = await mkdtemp(join(tmpdir(), 'saliency-written-'))
afterAll(() => rm(root, { recursive: true }))

async function folder(name: string, files: Record<string, Uint8Array | object>): Promise<void> {
  await mkdir(join(root, name))
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(root, name, file), content instanceof Uint8Array ? content : JSON.stringify(content))
  }
}

/** A network of three classes, since archives are written of functional models alone. */
function functional(): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 3] })
  const conv = tf.layers.conv2d({ filters: 3, kernelSize: 3, name: 'conv' }).apply(input) as tf.SymbolicTensor
  const pool = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(conv) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: pool })
}

/** The same as a graph, of images of 9 × 7. */
function graphOfThree() {
  const window = { strides: [1, 1, 1, 1], dilations: [1, 1, 1, 1], padding: 'SAME', data_format: 'NHWC' }
  return graphModel(
    [
      operation('Conv2D', 'conv', ['image', 'k'], window),
      operation('Mean', 'scores', ['conv', 'axes'], { keep_dims: false }),
    ],
    [weight('k', [3, 3, 3, 3]), whole('axes', [1, 2])],
  )
}

describe('files as editors, shells, repositories and disks leave them', () => {
  const encodings: Readonly<Record<string, (text: string) => Uint8Array>> = {
    'UTF-8 with a byte order mark': (text) => Buffer.from(`\ufeff${text}`),
    'UTF-16, little-endian': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    'UTF-16, big-endian': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  }
  const preprocess = { input: { height: 8, width: 8 }, classes: ['é', 'b', 'c'] }

  test.each(Object.entries(encodings))('JSON of every format in %s', async (name, encode) => {
    const written = (content: unknown) => encode(JSON.stringify(content))
    const { json, shard } = await saveLayersModel(functional())
    const graph = graphOfThree()
    const archive = unzipSync(await writeKerasArchive(functional()))
    const config = encode(new TextDecoder().decode(archive['config.json']))
    const files = {
      layers: { 'model.json': written(json), 'weights.bin': shard },
      graph: { 'model.json': written(graph.json), 'weights.bin': graph.shard },
      keras: { 'net.keras': zipSync({ ...archive, 'config.json': config }) },
    }
    for (const [format, own] of Object.entries(files)) {
      const input = format === 'graph' ? { height: 9, width: 7 } : preprocess.input
      await folder(`${name} ${format}`, { ...own, 'preprocess.json': written({ ...preprocess, input }) })
      const imported = await loadModel(join(root, `${name} ${format}`))
      expect(imported.weights.size, format).toBeGreaterThan(0)
      expect(imported.classes, format).toEqual(['é', 'b', 'c'])
    }
  })

  const pointer = Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n')
  test.each(['weights.bin', 'preprocess.json', 'model.json', 'metadata.json'])(
    'a Git LFS pointer for %s',
    async (file) => {
      const { json, shard } = await saveLayersModel(functional())
      await folder(`lfs ${file}`, { 'model.json': json, 'weights.bin': shard, [file]: pointer })
      const loaded = loadModel(join(root, `lfs ${file}`))
      await expect(loaded).rejects.toThrow(`${file} is a Git LFS pointer`)
      await expect(loaded).rejects.toThrow("Run 'git lfs pull'")
    },
  )

  test.each([
    ['NFC', 'NFD'],
    ['NFD', 'NFC'],
  ])(
    'a weight file and a folder that the disk spells as %s, the model and the user as %s',
    async (disk, model) => {
      const { json, shard } = await saveLayersModel(functional())
      const weightFile = `poids-é-${disk}.bin`
      const text = JSON.stringify(json).replaceAll('weights.bin', weightFile.normalize(model))
      const name = `réseau-${disk}`
      await folder(name.normalize(disk), {
        'model.json': JSON.parse(text) as object,
        [weightFile.normalize(disk)]: shard,
      })
      const { weights } = await loadModel(join(root, name.normalize(model)))
      expect(weights.size).toBeGreaterThan(0)
    },
  )
})
