import { execFileSync } from 'node:child_process'
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { SaliencyError } from '@saliency/core'
import { encodeModel } from '@saliency/onnx-proto'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { supportedMarkdown, verifyModel } from '../src/index.ts'
import { loadModel, modelFolder, openSource } from '../src/node.ts'
import { graphModel, operation, weight, whole } from './graph-model.ts'
import { writeKerasHdf5 } from './keras-file.ts'
import { randomizeWeights, saveLayersModel } from './layers-model.ts'
import { floats, node, onnxModel } from './onnx-model.ts'

let root: string
let layers: tf.LayersModel
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'saliency-formats-'))
  await writeLayers()
  await writeOnnx()
  await writeGraph()
})
afterAll(() => rm(root, { recursive: true }))

async function folder(name: string, files: Record<string, Uint8Array | object>): Promise<void> {
  await mkdir(join(root, name))
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(root, name, file), content instanceof Uint8Array ? content : JSON.stringify(content))
  }
}

async function writeLayers(): Promise<void> {
  const model = tf.sequential()
  model.add(tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, name: 'conv' }))
  model.add(tf.layers.batchNormalization({ name: 'norm' }))
  model.add(tf.layers.reLU({ name: 'relu' }))
  model.add(tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' }))
  model.add(tf.layers.flatten())
  model.add(tf.layers.dense({ units: 3, activation: 'softmax', name: 'dense' }))
  randomizeWeights(model, 'load')
  layers = model
  const { json, shard } = await saveLayersModel(model)
  const preprocess = {
    input: { height: 8, width: 8, channels: 'BGR', range: [0, 255] },
    mean: [1, 2, 3],
    classes: ['a', 'b', 'c'],
  }
  await folder('layers', { 'model.json': json, 'weights.bin': shard, 'preprocess.json': preprocess })
  await folder('keras', { 'net.h5': await writeKerasHdf5(model) })
}

async function writeOnnx(): Promise<void> {
  const nodes = [
    node('Conv', ['image', 'w'], 'c', { kernel_shape: [3, 3] }),
    node('GlobalAveragePool', ['c'], 'p'),
    node('Flatten', ['p'], 'f'),
    node('Softmax', ['f'], 'scores', { axis: 1 }),
  ]
  const bytes = encodeModel(
    onnxModel({ nodes, initializers: [floats('w', [3, 3, 3, 3])], image: ['n', 3, 'h', 'w'] }),
  )
  await folder('onnx', { 'net.onnx': bytes, 'preprocess.json': { input: { height: 8, width: 6 } } })
}

async function writeGraph(): Promise<void> {
  const window = { strides: [1, 1, 1, 1], dilations: [1, 1, 1, 1], padding: 'SAME', data_format: 'NHWC' }
  const { json, shard } = graphModel(
    [
      operation('Conv2D', 'conv', ['image', 'k'], window),
      operation('Mean', 'pool', ['conv', 'axes'], { keep_dims: false }),
      operation('Softmax', 'scores', ['pool']),
    ],
    [weight('k', [3, 3, 3, 4]), whole('axes', [1, 2])],
  )
  await folder('graph', { 'model.json': json, 'weights.bin': shard })
}

describe('loadModel', () => {
  test('finds the model of a folder, its format and its preprocessing', async () => {
    const imported = await loadModel(join(root, 'layers'))
    expect(imported).toMatchObject({
      format: 'tfjs-layers',
      classes: ['a', 'b', 'c'],
      model: { name: 'layers', head: 'softmax' },
    })
    expect(imported.preprocess).toMatchObject({ input: { channels: 'BGR' }, mean: [1, 2, 3], std: [1, 1, 1] })
  })

  test('takes the size of an image of any size from the preprocessing', async () => {
    const imported = await loadModel(join(root, 'onnx', 'net.onnx'))
    expect(imported.model.image.shape).toEqual(['n', 3, 8, 6])
    expect(imported.model.name).toBe('net')
  })

  test('has no preprocessing where there is none', async () => {
    expect((await loadModel(join(root, 'keras'))).preprocess).toBeUndefined()
  })

  const refused: Record<string, [make: () => Promise<string>, code: string, message: RegExp]> = {
    'a missing file': [
      async () => join(root, 'nowhere.onnx'),
      'FILE',
      /nowhere\.onnx cannot be read: it does not exist/,
    ],
    'a folder without a model': [
      async () => (await mkdir(join(root, 'empty')), join(root, 'empty')),
      'FILE',
      /holds no model/,
    ],
    'a folder with several models': [
      async () => (
        await folder('several', { 'a.onnx': new Uint8Array(1), 'b.h5': new Uint8Array(1) }),
        join(root, 'several')
      ),
      'FILE',
      /several models: name one of a\.onnx, b\.h5/,
    ],
    'an empty file': [
      async () => (await folder('nil', { 'a.onnx': new Uint8Array(0) }), join(root, 'nil')),
      'INVALID_MODEL',
      /a\.onnx is empty/,
    ],
    'truncated JSON': [
      async () => (
        await folder('cut', { 'model.json': new TextEncoder().encode('{"modelTopology":') }),
        join(root, 'cut')
      ),
      'INVALID_MODEL',
      /model\.json is JSON that cannot be read/,
    ],
    'JSON that is no model': [
      async () => (await folder('other', { 'model.json': { a: 1 } }), join(root, 'other')),
      'INVALID_MODEL',
      /no TensorFlow\.js model/,
    ],
    'a foreign file': [
      async () => (
        await folder('foreign', { 'cat.onnx': new TextEncoder().encode('\u0000not a model at all') }),
        join(root, 'foreign')
      ),
      'INVALID_MODEL',
      /cat\.onnx/,
    ],
    'a missing shard': [
      async () => (
        await folder('shardless', { 'model.json': (await saveLayersModel(layers)).json }),
        join(root, 'shardless')
      ),
      'FILE',
      /weights\.bin cannot be read: it does not exist/,
    ],
    'a shard outside the folder': [
      async () => {
        const { json } = await saveLayersModel(layers)
        ;(json['weightsManifest'] as [{ paths: string[] }])[0].paths = ['../../secret.bin']
        await folder('escape', { 'model.json': json })
        return join(root, 'escape')
      },
      'INVALID_MODEL',
      /'\.\.\/\.\.\/secret\.bin', outside its folder/,
    ],
    'a wrong preprocess.json': [
      async () => {
        const { json, shard } = await saveLayersModel(layers)
        await folder('wrong', {
          'model.json': json,
          'weights.bin': shard,
          'preprocess.json': { input: { height: 'tall', width: 8 } },
        })
        return join(root, 'wrong')
      },
      'INVALID_CONFIG',
      /input\.height/,
    ],
  }
  test.each(Object.entries(refused))('%s is one clear error', async (_, [make, code, message]) => {
    const path = await make()
    const error: unknown = await loadModel(path).catch((reason: unknown) => reason)
    expect(SaliencyError.is(error), String(error)).toBe(true)
    expect((error as SaliencyError).code).toBe(code)
    expect((error as SaliencyError).message).toMatch(message)
  })

  test('absolute paths are outside every folder', async () => {
    await expect(modelFolder(root).read('/etc/hostname')).rejects.toThrow(/outside its folder/)
  })
})

describe('verifyModel', () => {
  test.each(['layers', 'onnx', 'graph'])('%s models agree with their own runtime', async (name) => {
    const imported = await loadModel(join(root, name))
    const source = await openSource(join(root, name), imported)
    const engine = await openOnnxRuntime({ threads: 1 })
    const result = await verifyModel(imported, source, engine)
    await source.dispose()
    expect(result.passed).toBe(true)
    expect(result.difference).toBeLessThan(1e-5)
    // Probabilities of at least one class are large, so both sides have computed something.
    expect(result.magnitude).toBeGreaterThan(0.25)
  })

  test('other weights are noticed', async () => {
    const imported = await loadModel(join(root, 'onnx'))
    const source = await openSource(join(root, 'onnx'), imported)
    const weights = new Map(
      [...imported.weights].map(([key, value]) => [
        key,
        { ...value, data: value.data.map((item) => item * 1.1) },
      ]),
    )
    const result = await verifyModel({ ...imported, weights }, source, await openOnnxRuntime({ threads: 1 }))
    expect(result.passed).toBe(false)
  })

  test('outputs that are no finite numbers are not the same, on either side', async () => {
    const imported = await loadModel(join(root, 'onnx'))
    const source = await openSource(join(root, 'onnx'), imported)
    const engine = await openOnnxRuntime({ threads: 1 })
    const weights = new Map(
      [...imported.weights].map(([key, value]) => [key, { ...value, data: value.data.map(() => NaN) }]),
    )
    const failed = { passed: false, difference: Infinity }
    expect(await verifyModel({ ...imported, weights }, source, engine)).toMatchObject(failed)
    for (const number of [NaN, Infinity, -Infinity]) {
      // The source's last output, after which nothing can hide it, and its first.
      for (const place of [0, -1]) {
        const predict: typeof source.predict = async (images) =>
          (await source.predict(images)).with(place, number)
        const damaged = { ...source, predict }
        expect(await verifyModel(imported, damaged, engine)).toMatchObject(failed)
        expect(await verifyModel({ ...imported, weights }, damaged, engine)).toMatchObject(failed)
      }
    }
    await source.dispose()
  })

  test('Keras files have nothing to be compared with', async () => {
    const path = join(root, 'keras')
    await expect(openSource(path, await loadModel(path))).rejects.toThrow(/only Python/)
  })
})

test('the tables of what is supported come from the importers', () => {
  const text = supportedMarkdown()
  for (const name of ['`Conv2D`', '`DepthwiseConv2dNative`', '`GlobalAveragePool`', '`hard_swish`'])
    expect(text).toContain(name)
})

describe.skipIf(process.platform === 'win32')('pipes and devices', () => {
  const pipe = (path: string) => execFileSync('mkfifo', [path])
  const message = /cannot be read: it is a pipe or a device, not a file/

  test('are neither models nor their weights, and not waited for', async () => {
    await mkdir(join(root, 'pipes'))
    pipe(join(root, 'pipes/net.onnx'))
    await symlink('/dev/zero', join(root, 'pipes/zero.h5'))
    await expect(loadModel(join(root, 'pipes/net.onnx'))).rejects.toThrow(message)
    await expect(loadModel(join(root, 'pipes/zero.h5'))).rejects.toThrow(message)
    await symlink('/dev/zero', join(root, 'pipes/weights.bin'))
    await expect(modelFolder(join(root, 'pipes')).read('weights.bin')).rejects.toThrow(message)
  })

  test('are not what a file beside the model says, nor is a folder', async () => {
    const { json, shard } = await saveLayersModel(layers)
    await folder('beside-pipe', { 'model.json': json, 'weights.bin': shard })
    pipe(join(root, 'beside-pipe/preprocess.json'))
    await expect(loadModel(join(root, 'beside-pipe'))).rejects.toThrow(message)
    await folder('beside-folder', { 'model.json': json, 'weights.bin': shard })
    await mkdir(join(root, 'beside-folder/preprocess.json'))
    await expect(loadModel(join(root, 'beside-folder'))).rejects.toThrow(/preprocess\.json .*it is a folder/)
  })

  test('links to files are followed', async () => {
    const { json, shard } = await saveLayersModel(layers)
    await folder('linked', { 'model.json': json, blob: shard })
    await symlink(join(root, 'linked/blob'), join(root, 'linked/weights.bin'))
    expect((await loadModel(join(root, 'linked'))).weights.size).toBeGreaterThan(0)
  })
})
