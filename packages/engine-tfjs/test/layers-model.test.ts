import { createRandom } from '@saliency/core'
import { explain, type ExplainSettings } from '@saliency/explain'
import gradcampp from '@saliency/method-gradcampp'
import guidedMethods from '@saliency/method-guided'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { fromImages, fromLayersModel, openTfjs, toImages } from '../src/index.ts'

const [guided] = [guidedMethods].flat()
const random = createRandom('image')
const seeded = (layer: string) => tf.initializers.glorotNormal({ seed: layer.length })
let model: tf.LayersModel
let image: tf.Tensor4D

beforeAll(async () => {
  await tf.setBackend('cpu')
  model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 3],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded('conv'),
        name: 'conv',
      }),
      tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({
        units: 3,
        activation: 'softmax',
        kernelInitializer: seeded('scores'),
        name: 'scores',
      }),
    ],
  })
  image = tf.tensor4d(
    Float32Array.from({ length: 384 }, () => random.normal()),
    [2, 8, 8, 3],
  )
})

/** TensorFlow.js's own gradient of the logits, which this engine never uses. */
function gradientOf(target: number): tf.Tensor4D {
  const hidden = tf.model({
    inputs: model.inputs,
    outputs: model.getLayer('flat').output as tf.SymbolicTensor,
  })
  const [kernel, bias] = model.getLayer('scores').getWeights() as [tf.Tensor2D, tf.Tensor1D]
  const score = (x: tf.Tensor) => {
    const logits = tf.add(tf.matMul(hidden.predict(x) as tf.Tensor2D, kernel), bias)
    return tf.sum(tf.slice(logits as tf.Tensor2D, [0, target], [-1, 1])) as tf.Scalar
  }
  return tf.grad(score)(image) as tf.Tensor4D
}

async function explained(settings: Omit<ExplainSettings, 'engine'>): Promise<tf.Tensor4D> {
  const engine = await openTfjs({ backend: 'cpu' })
  const { maps } = await explain(await fromLayersModel(model), await fromImages(image), {
    engine,
    ...settings,
  })
  return toImages(maps[0]!)
}

describe('a LayersModel in memory', () => {
  it('becomes a graph with its weights', async () => {
    const { model: graph, weights } = await fromLayersModel(model)
    expect(graph.image.shape).toEqual(['n', 3, 8, 8])
    expect(graph.layers.map(({ name }) => name)).toContain('conv')
    expect(weights.size).toBe(4)
  })

  it("is explained as TensorFlow.js's own gradient says", async () => {
    const map = await explained({ method: guided!, variant: 'gradient', target: 1 })
    expect(map.shape).toEqual([2, 8, 8, 3])
    const difference = tf.max(tf.abs(tf.sub(map, gradientOf(1)))).dataSync()[0]
    expect(difference).toBeLessThan(1e-5)
  })

  it('is explained for the predicted class by default, with a map of the layer', async () => {
    const before = tf.memory().numTensors
    const map = await explained({ method: gradcampp, variant: 'gradcam' })
    expect([map.shape[0], map.shape[3]]).toEqual([2, 1])
    expect(tf.memory().numTensors).toBe(before + 1)
    expect(tf.getBackend()).toBe('cpu')
  })

  it('refuses a class that the model does not have', async () => {
    await expect(explained({ method: guided!, target: 3 })).rejects.toThrow(
      /no class '3'.* an index from 0 to 2/,
    )
  })
})
