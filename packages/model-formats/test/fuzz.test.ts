import * as tf from '@tensorflow/tfjs'
import { createRandom, SaliencyError, type Random } from '@saliency/core'
import { encodeModel } from '@saliency/onnx-proto'
import { expect, test } from 'vitest'
import {
  importGraphModel,
  importKerasArchive,
  importKerasHdf5,
  importLayersModel,
  importOnnx,
} from '../src/index.ts'
import { graphModel, operation, weight, whole } from './graph-model.ts'
import { writeKerasArchive, writeKerasHdf5 } from './keras-file.ts'
import { saveLayersModel } from './layers-model.ts'
import { floats, integers, node, onnxModel } from './onnx-model.ts'

const strange = [null, -1, 0, 1e9, 1.5, '', 'x', [], {}, true, [null], [[[]]], '__proto__']

/** Every place in a JSON value that can be overwritten. */
function places(value: unknown, found: { owner: Record<string, unknown>; key: string }[] = []): typeof found {
  if (typeof value !== 'object' || value === null) return found
  const owner = value as Record<string, unknown>
  for (const key of Object.keys(owner)) {
    found.push({ owner, key })
    places(owner[key], found)
  }
  return found
}

/** The value with a few places overwritten. */
function damaged<T>(value: T, random: Random): T {
  const copy = structuredClone(value)
  for (let count = 0; count < 2; count++) {
    const all = places(copy)
    const { owner, key } = all[random.integer(0, all.length - 1)] as (typeof all)[number]
    if (random.uniform() < 0.3) delete owner[key]
    else owner[key] = strange[random.integer(0, strange.length - 1)]
  }
  // As a file would hold it.
  return JSON.parse(JSON.stringify(copy)) as T
}

/** Some bytes overwritten, or the end cut off. */
function damagedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.uniform() < 0.3) return bytes.slice(0, random.integer(0, bytes.length))
  const copy = bytes.slice()
  for (let count = 0; count < 6; count++) copy[random.integer(0, copy.length - 1)] = random.integer(0, 255)
  return copy
}

/** Loads many damaged files: each loads or is refused, and nothing else is ever thrown. */
async function survives(
  name: string,
  count: number,
  load: (random: Random) => Promise<unknown>,
): Promise<void> {
  let refused = 0
  for (let draw = 0; draw < count; draw++) {
    try {
      await load(createRandom('model-formats', 'fuzz', name, draw))
    } catch (error) {
      refused++
      if (!SaliencyError.is(error)) throw new Error(`draw ${draw}: ${String(error)}`, { cause: error })
    }
  }
  expect(refused).toBeGreaterThan(count / 10)
}

function net(): tf.LayersModel {
  const model = tf.sequential()
  model.add(
    tf.layers.conv2d({ inputShape: [5, 5, 3], filters: 2, kernelSize: 3, activation: 'relu', name: 'conv' }),
  )
  model.add(tf.layers.batchNormalization({ name: 'norm' }))
  model.add(tf.layers.flatten())
  model.add(tf.layers.dense({ units: 2, name: 'dense' }))
  return model
}

test('damaged layers models are loaded or refused', async () => {
  const { json, files } = await saveLayersModel(net())
  await survives('layers', 400, (random) => importLayersModel(damaged(json, random), files))
})

test('damaged graph models are loaded or refused', async () => {
  const window = { strides: [1, 1, 1, 1], dilations: [1, 1, 1, 1], padding: 'SAME', data_format: 'NHWC' }
  const { json, shard } = graphModel(
    [
      operation('_FusedConv2D', 'conv', ['image', 'k', 'b'], { ...window, fused_ops: ['BiasAdd', 'Relu'] }),
      operation('StridedSlice', 'cut', ['conv', 'begin', 'end', 'steps'], { begin_mask: 1, end_mask: 1 }),
      operation('Mean', 'pool', ['cut', 'axes'], { keep_dims: false }),
      operation('MatMul', 'scores', ['pool', 'head']),
    ],
    [
      weight('k', [3, 3, 3, 4]),
      weight('b', [4]),
      weight('head', [4, 2]),
      whole('axes', [1, 2]),
      whole('begin', [0, 1]),
      whole('end', [0, 4]),
      whole('steps', [1, 1]),
    ],
  )
  await survives('graph', 400, (random) =>
    importGraphModel(damaged(json, random), { read: async () => shard }),
  )
})

test('damaged ONNX models are loaded or refused', async () => {
  const bytes = encodeModel(
    onnxModel({
      nodes: [
        node('Conv', ['image', 'w'], 'c', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
        node('Slice', ['c', 'one', 'three', 'two'], 's'),
        node('Shape', ['s'], 'shape'),
        node('Gather', ['shape', 'nought'], 'batch', { axis: 0 }),
        node('Concat', ['batch', 'rest'], 'target', { axis: 0 }),
        node('Reshape', ['s', 'target'], 'f'),
        node('Gemm', ['f', 'h'], 'scores', { transB: 1 }),
      ],
      initializers: [
        floats('w', [2, 3, 3, 3]),
        floats('h', [2, 16]),
        integers('one', [1]),
        integers('two', [2]),
        integers('three', [3]),
        integers('nought', [0]),
        integers('rest', [-1]),
      ],
    }),
  )
  await expect(importOnnx(bytes)).resolves.toBeDefined()
  await survives('onnx', 400, (random) => importOnnx(damagedBytes(bytes, random)))
})

test('damaged Keras files are loaded or refused', async () => {
  const [hdf5, archive] = [await writeKerasHdf5(net()), await writeKerasArchive(net())]
  await survives('hdf5', 60, (random) => importKerasHdf5(damagedBytes(hdf5, random)))
  await survives('archive', 60, (random) => importKerasArchive(damagedBytes(archive, random)))
})
