import { createRandom, type FloatTensor, tensor } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import type { ImportedModel } from '@saliency/model-formats'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'

/** A seeded random image `[1, 3, h, w]`. */
export function randomImage(height: number, width: number, seed: number): FloatTensor {
  const random = createRandom(seed, 'image')
  return tensor(
    Float32Array.from({ length: 3 * height * width }, () => random.normal()),
    [1, 3, height, width],
  )
}

/** Logits `[n, k]` of one batch, by ONNX Runtime. */
export async function logitsOf({ model, weights }: ImportedModel, image: FloatTensor): Promise<Float32Array> {
  const engine = await openOnnxRuntime()
  const session = await engine.open({ outputs: { logits: model.logits } }, weights)
  const { logits } = await session.run({ image })
  await session.dispose()
  return logits!.data as Float32Array
}

interface LayerJson {
  readonly name: string
  readonly config: { activation?: string }
}

/** The logits by TensorFlow.js itself, from the same layers model with its final softmax taken off. */
export async function sourceLogits(
  modelTopology: object,
  weights: readonly { name: string; shape: readonly number[]; data: Float32Array }[],
  image: FloatTensor,
): Promise<Float32Array> {
  await tf.setBackend('wasm')
  const topology = structuredClone(modelTopology) as { config: { layers: LayerJson[] } }
  topology.config.layers.find((layer) => layer.name === 'predictions')!.config.activation = 'linear'
  const size = weights.reduce((sum, { data }) => sum + data.length, 0)
  const joined = new Float32Array(size)
  let offset = 0
  for (const { data } of weights) {
    joined.set(data, offset)
    offset += data.length
  }
  const weightSpecs = weights.map(({ name, shape }) => ({
    name,
    shape: [...shape],
    dtype: 'float32' as const,
  }))
  const source = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology: topology, weightSpecs, weightData: joined.buffer }),
  )
  const result = tf.tidy(() => {
    const input = tf.tensor4d(image.data, image.shape as [number, number, number, number])
    return source.predict(input.transpose([0, 2, 3, 1])) as tf.Tensor
  })
  const logits = (await result.data()) as Float32Array
  result.dispose()
  source.dispose()
  return logits
}

/** Largest difference as a share of the largest value. */
export function relativeDifference(found: Float32Array, wanted: Float32Array): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return found.reduce((most, value, index) => Math.max(most, Math.abs(value - wanted[index]!)), 0) / largest
}
