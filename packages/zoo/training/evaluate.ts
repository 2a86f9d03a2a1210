import * as tf from '@tensorflow/tfjs-node'
import { imageBatch, type Examples } from './data.ts'

/** Share of images, in [0, 1], whose classes are exactly the model's top ones (two classes: the top two). */
export function accuracy(model: tf.LayersModel, examples: Examples): number {
  let hits = 0
  for (let start = 0; start < examples.pixels.length; start += 256) {
    const size = Math.min(256, examples.pixels.length - start)
    const indices = Array.from({ length: size }, (_, offset) => start + offset)
    const scores = tf.tidy(() => (model.predict(imageBatch(examples, indices)) as tf.Tensor2D).arraySync())
    scores.forEach((row, offset) => {
      const labels = examples.labels[start + offset] as readonly number[]
      const top = row.map((score, label) => [score, label] as const).sort((a, b) => b[0] - a[0])
      if (labels.every((label) => top.slice(0, labels.length).some((entry) => entry[1] === label))) hits++
    })
  }
  return hits / examples.pixels.length
}
