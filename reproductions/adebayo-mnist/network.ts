import * as tf from '@tensorflow/tfjs-node'
import { SIDE } from './digits.ts'

/**
 * The CNN of the notebooks: 5×5×32, pool, 5×5×64, pool, 1024, 10; weights truncated normal .1, biases .1.
 * (Adebayo et al. 2018, published notebooks; there with dropout, which explanations never see.)
 */
export function buildNetwork(seed: number): tf.LayersModel {
  let next = seed
  const weights = () => tf.initializers.truncatedNormal({ stddev: 0.1, seed: next++ })
  const biases = () => tf.initializers.constant({ value: 0.1 })
  const conv = (name: string, filters: number, inputShape?: [number, number, number]) =>
    tf.layers.conv2d({
      name,
      filters,
      kernelSize: 5,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: weights(),
      biasInitializer: biases(),
      ...(inputShape && { inputShape }),
    })
  const dense = (name: string, units: number, activation?: 'relu' | 'softmax') =>
    tf.layers.dense({
      name,
      units,
      kernelInitializer: weights(),
      biasInitializer: biases(),
      ...(activation && { activation }),
    })
  return tf.sequential({
    layers: [
      conv('conv1', 32, [SIDE, SIDE, 1]),
      tf.layers.maxPooling2d({ name: 'pool1', poolSize: 2, strides: 2 }),
      conv('conv2', 64),
      tf.layers.maxPooling2d({ name: 'pool2', poolSize: 2, strides: 2 }),
      tf.layers.flatten({ name: 'flatten' }),
      dense('fc1', 1024, 'relu'),
      dense('logits', 10, 'softmax'),
    ],
  })
}
