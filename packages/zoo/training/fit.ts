import * as tf from '@tensorflow/tfjs-node'
import { createRandom } from '@saliency/core'
import { imageBatch, labelBatch, type Examples } from './data.ts'

/** How long and how fast to train. */
export interface Schedule {
  readonly epochs: number
  readonly batch: number
  /** Adam's largest learning rate: reached after a short warm-up, then lowered to zero along a cosine. */
  readonly rate: number
  /** Whether half of the batches are mirrored. */
  readonly flip: boolean
  readonly seed: number
}

/** Trains `model` in place on soft labels with Adam. */
export async function fit(model: tf.LayersModel, examples: Examples, schedule: Schedule): Promise<void> {
  const optimizer = tf.train.adam(schedule.rate)
  model.compile({ optimizer, loss: 'categoricalCrossentropy' })
  const perEpoch = Math.floor(examples.pixels.length / schedule.batch)
  const total = perEpoch * schedule.epochs
  for (let epoch = 0; epoch < schedule.epochs; epoch++) {
    const random = createRandom(schedule.seed, 'epoch', epoch)
    const order = random.shuffle([...examples.pixels.keys()])
    const started = Date.now()
    let sum = 0
    for (let step = 0; step < perEpoch; step++) {
      // Adam reads its rate at every step but offers no setter.
      Object.assign(optimizer, { learningRate: rateAt(epoch * perEpoch + step, total, schedule.rate) })
      const indices = order.slice(step * schedule.batch, (step + 1) * schedule.batch)
      const x = imageBatch(examples, indices, schedule.flip && random.uniform() < 0.5)
      const y = labelBatch(examples, indices)
      sum += (await model.trainOnBatch(x, y)) as number
      tf.dispose([x, y])
    }
    const seconds = (Date.now() - started) / 1000
    console.log(
      `  epoch ${epoch + 1}/${schedule.epochs}  loss ${(sum / perEpoch).toFixed(4)}  ${seconds.toFixed(1)} s`,
    )
  }
}

/** Linear warm-up over the first 3 % of the steps, then half a cosine down to zero. */
function rateAt(step: number, total: number, largest: number): number {
  const warmUp = Math.max(1, Math.round(0.03 * total))
  if (step < warmUp) return (largest * (step + 1)) / warmUp
  return (largest * (1 + Math.cos((Math.PI * (step - warmUp)) / (total - warmUp)))) / 2
}
