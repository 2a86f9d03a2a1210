import { tensor, type FloatTensor } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'

/**
 * Images in TensorFlow.js's order as a feed of the graph.
 * @param images `[n, h, w, c]`; they stay the caller's
 * @returns `[n, c, h, w]`
 */
export async function fromImages(images: tf.Tensor4D): Promise<FloatTensor> {
  const turned = tf.tidy(() => tf.transpose(tf.cast(images, 'float32'), [0, 3, 1, 2]))
  try {
    return tensor(new Float32Array(await turned.data()), turned.shape)
  } finally {
    turned.dispose()
  }
}

/**
 * Maps in TensorFlow.js's order, on the backend in use.
 * @param map `[n, c, h, w]`
 * @returns `[n, h, w, c]`; the caller disposes of it
 */
export function toImages({ data, shape }: FloatTensor): tf.Tensor4D {
  return tf.tidy(() => tf.transpose(tf.tensor4d(data, shape as tf.Tensor4D['shape']), [0, 2, 3, 1]))
}
