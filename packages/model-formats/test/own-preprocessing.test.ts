import * as tf from '@tensorflow/tfjs'
import { dataTypes, encodeModel } from '@saliency/onnx-proto'
import { describe, expect, it } from 'vitest'
import { assumedPreprocess, importLayersModel, importModel, importOnnx, ownPixelRange } from '../src/index.ts'
import { saveLayersModel } from './layers-model.ts'
import { floats, node, onnxModel } from './onnx-model.ts'

/** A network behind some scaling of its pixels. */
async function behind(...steps: [op: string, numbers: number[]][]) {
  const names = steps.map((_, at) => `x${at + 1}`)
  const nodes = steps.map(([op], at) => node(op, [at === 0 ? 'image' : `x${at}`, `c${at}`], `x${at + 1}`))
  const bytes = encodeModel(
    onnxModel({
      nodes: [
        ...nodes,
        node('Conv', [names.at(-1) ?? 'image', 'w'], 'maps', { kernel_shape: [3, 3] }),
        node('GlobalAveragePool', ['maps'], 'pooled'),
        node('Flatten', ['pooled'], 'scores'),
      ],
      initializers: [
        floats('w', [2, 3, 3, 3]),
        ...steps.map(([, numbers], at) => ({
          ...floats(`c${at}`, [numbers.length, 1, 1]),
          rawData: new Uint8Array(Float32Array.from(numbers).buffer),
        })),
      ],
    }),
  )
  const { model } = await importOnnx(bytes)
  return ownPixelRange(model)
}

describe('pixels that a network scales itself', () => {
  it.each([
    ['a division by 255', [['Div', [255]]], [0, 255]],
    [
      'a factor of 1/127.5, less 1',
      [
        ['Mul', [1 / 127.5]],
        ['Sub', [1]],
      ],
      [0, 255],
    ],
    ['the mean of bytes', [['Sub', [123.7, 116.8, 103.9]]], [0, 255]],
    [
      'the mean of bytes, divided by their deviation',
      [
        ['Sub', [123.7, 116.3, 103.5]],
        ['Div', [58, 57, 57]],
      ],
      [0, 255],
    ],
    [
      'the mean of [0, 1], divided by its deviation',
      [
        ['Sub', [0.485, 0.456, 0.406]],
        ['Div', [0.229, 0.224, 0.225]],
      ],
      [0, 1],
    ],
    [
      'twice the pixel, less 1',
      [
        ['Mul', [2]],
        ['Sub', [1]],
      ],
      [0, 1],
    ],
    ['nothing', [], undefined],
    ['a factor that fits neither', [['Mul', [1000]]], undefined],
  ] as [string, [string, number[]][], [number, number] | undefined][])('%s', async (_, steps, range) => {
    expect(await behind(...steps)).toEqual(range)
  })

  /** An image with its channels last, which a network turns and may scale; `elemType` is what the file takes. */
  async function channelsLast(elemType: number, factor: number) {
    const { graph, ...rest } = onnxModel({
      image: ['n', 9, 7, 3],
      nodes: [
        node('Transpose', ['image'], 'turned', { perm: [0, 3, 1, 2] }),
        node('Cast', ['turned'], 'cast', { to: dataTypes.float32 }),
        node('Mul', ['cast', 'factor'], 'scaled'),
        node('Conv', ['scaled', 'w'], 'maps', { kernel_shape: [3, 3] }),
        node('GlobalAveragePool', ['maps'], 'pooled'),
        node('Flatten', ['pooled'], 'scores'),
      ],
      initializers: [floats('w', [2, 3, 3, 3]), floats('factor', [], [factor])],
    })
    const [image] = graph?.input ?? []
    const input = [{ ...image, type: { tensorType: { ...image?.type?.tensorType, elemType } } }]
    const { model, input: read } = await importOnnx(encodeModel({ ...rest, graph: { ...graph, input } }))
    expect(read.layout).toBe('channels-last')
    return assumedPreprocess(model, read).input.range
  }

  it.each([
    ['floats over 255', dataTypes.float32, 1 / 255, [0, 255]],
    ['floats as they are', dataTypes.float32, 1, [0, 1]],
    ['bytes over 255', dataTypes.uint8, 1 / 255, [0, 255]],
    ['bytes, whose scale is in the weights', dataTypes.uint8, 1, [0, 255]],
  ])('with channels last: %s', async (_, elemType, factor, range) => {
    expect(await channelsLast(elemType, factor)).toEqual(range)
  })

  it('Keras rescales in a layer', async () => {
    const input = { inputShape: [5, 5, 3] as [number, number, number] }
    const model = tf.sequential()
    model.add(tf.layers.conv2d({ ...input, filters: 2, kernelSize: 3, name: 'conv' }))
    model.add(tf.layers.flatten())
    model.add(tf.layers.dense({ units: 2 }))
    const { json, files } = await saveLayersModel(model)
    const topology = json['modelTopology'] as { config: { layers: { class_name: string; config: object }[] } }
    const [first] = topology.config.layers
    const rescaling = { class_name: 'Rescaling', config: { name: 'rescaling', scale: 1 / 255, offset: 0 } }
    const shape = (first!.config as { batch_input_shape: number[] }).batch_input_shape
    topology.config.layers.unshift({
      ...rescaling,
      config: { ...rescaling.config, batch_input_shape: shape },
    })
    const { model: imported } = await importLayersModel(json, files)
    expect(ownPixelRange(imported)).toEqual([0, 255])
  })
})

describe('a model of Teachable Machine', () => {
  const files = (metadata: string, shard: Uint8Array, json: unknown) => ({
    async read(path: string) {
      if (path === 'model.json') return new TextEncoder().encode(JSON.stringify(json))
      if (path === 'metadata.json') return new TextEncoder().encode(metadata)
      if (path === 'weights.bin') return shard
      const { SaliencyError } = await import('@saliency/core')
      throw new SaliencyError('FILE', `${path} is not there`)
    },
  })
  const model = tf.sequential()
  model.add(tf.layers.flatten({ inputShape: [5, 5, 3] }))
  model.add(tf.layers.dense({ units: 2 }))

  it('brings its labels and its pixels in metadata.json', async () => {
    const { json, shard } = await saveLayersModel(model)
    const metadata = JSON.stringify({
      tfjsVersion: '1.3.1',
      packageName: '@teachablemachine/image',
      labels: ['cat', 'dog'],
      imageSize: 5,
    })
    const { preprocess, classes } = await importModel('model.json', files(metadata, shard, json))
    expect(classes).toEqual(['cat', 'dog'])
    expect(preprocess?.input).toEqual({ height: 5, width: 5, channels: 'RGB', range: [-1, 1] })
    expect(preprocess?.resize).toBe('cover')
  })

  it.each([
    '{',
    '[]',
    'null',
    '{"labels":["a"]}',
    '{"packageName":"@teachablemachine/pose","labels":[],"imageSize":5}',
  ])('is not what %s describes', async (metadata) => {
    const { json, shard } = await saveLayersModel(model)
    const { preprocess } = await importModel('model.json', files(metadata, shard, json))
    expect(preprocess).toBeUndefined()
  })
})
