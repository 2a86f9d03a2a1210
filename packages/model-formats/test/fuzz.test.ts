import * as tf from '@tensorflow/tfjs'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { decodeModel, encodeModel, type ModelProto } from '@saliency/onnx-proto'
import { test } from 'vitest'
import { loadModel } from '../src/node.ts'
import { damagedBytes, damagedJson, damagedTree } from './fuzz/mutate.ts'
import { survives } from './fuzz/survives.ts'
import { graphModel, operation, weight, whole } from './graph-model.ts'
import { writeKerasArchive, writeKerasHdf5 } from './keras-file.ts'
import { saveLayersModel } from './layers-model.ts'
import { floats, integers, node, onnxModel } from './onnx-model.ts'

/** A machine that does other things may take its time; a single file may not. */
const timeout = 600_000

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

const window = { strides: [1, 1, 1, 1], dilations: [1, 1, 1, 1], padding: 'SAME', data_format: 'NHWC' }
const graph = graphModel(
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

/** A network whose shapes are computed, as exporters write them. */
const onnx = encodeModel(
  onnxModel({
    nodes: [
      node('Conv', ['image', 'w'], 'c', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      node('Relu', ['c'], 'r'),
      node('Slice', ['r', 'one', 'three', 'two'], 's'),
      node('Shape', ['s'], 'shape'),
      node('Gather', ['shape', 'nought'], 'batch', { axis: 0 }),
      node('Concat', ['batch', 'rest'], 'target', { axis: 0 }),
      node('Reshape', ['s', 'target'], 'f'),
      node('Gemm', ['f', 'h'], 'z', { transB: 1 }),
      node('Softmax', ['z'], 'scores', { axis: 1 }),
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

/** Damage to what a file says; undefined where it cannot be written down as a file. */
function damagedMessages(
  model: ModelProto,
  random: Parameters<typeof damagedTree>[1],
): Uint8Array | undefined {
  try {
    return encodeModel(damagedTree(model, random))
  } catch {
    return undefined
  }
}

test('bytes of ONNX files', { timeout }, async () => {
  await survives({
    file: 'bytes.onnx',
    seed: onnx,
    mutate: (random) => damagedBytes(onnx, random),
    load: loadModel,
  })
})

test('structures of ONNX files', { timeout }, async () => {
  const model = decodeModel(onnx)
  await survives({
    file: 'structure.onnx',
    seed: onnx,
    mutate: (random) => damagedMessages(model, random),
    load: loadModel,
  })
})

test.each([
  ['layers', () => saveLayersModel(net())],
  ['graph', () => graph],
] as const)('%s models of TensorFlow.js', { timeout }, async (_, save) => {
  const { json, shard } = await save()
  await survives({
    file: 'model.json',
    seed: strToU8(JSON.stringify(json)),
    mutate: (random) => damagedJson(json, random),
    load: loadModel,
    beside: { 'weights.bin': shard },
  })
})

test('HDF5 files of Keras', { timeout }, async () => {
  const bytes = await writeKerasHdf5(net())
  await survives({
    file: 'net.h5',
    seed: bytes,
    mutate: (random) => damagedBytes(bytes, random),
    load: loadModel,
  })
})

test('archives of Keras', { timeout }, async () => {
  const { inputs, outputs } = net()
  const bytes = await writeKerasArchive(tf.model({ inputs, outputs }))
  const entries = unzipSync(bytes)
  const config = JSON.parse(new TextDecoder().decode(entries['config.json'])) as unknown
  await survives({
    file: 'net.keras',
    seed: bytes,
    mutate: (random, draw) =>
      draw % 2 === 0
        ? damagedBytes(bytes, random)
        : zipSync({ ...entries, 'config.json': damagedJson(config, random) }, { level: 0 }),
    load: loadModel,
  })
})
