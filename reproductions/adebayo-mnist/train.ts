import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs-node'
import { loadDigits, SIDE, type Digit } from './digits.ts'
import { buildNetwork } from './network.ts'

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '50' },
    rate: { type: 'string', default: '1e-4' },
    seed: { type: 'string', default: '1' },
  },
})
const folder = fileURLToPath(new URL('../../runs/adebayo-mnist/', import.meta.url))

/** Digits that training never sees; the first of them are explained. */
const HELD_OUT = 1000
const EXPLAINED = 40

function tensors(digits: readonly Digit[]): { x: tf.Tensor; y: tf.Tensor } {
  const pixels = new Float32Array(digits.length * SIDE ** 2)
  digits.forEach((digit, i) => pixels.set(digit.pixels, i * SIDE ** 2))
  const labels = tf.tensor1d(
    digits.map(({ label }) => label),
    'int32',
  )
  return { x: tf.tensor4d(pixels, [digits.length, SIDE, SIDE, 1]), y: tf.oneHot(labels, 10) }
}

/** NumPy's `.npy` of bytes `[n, 28, 28]`. */
function npy(digits: readonly Digit[]): Buffer {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${digits.length}, ${SIDE}, ${SIDE}), }`
  const padded = `${header.padEnd(117)}\n`
  const bytes = digits.flatMap(({ pixels }) => Array.from(pixels, (value) => Math.round(value * 255)))
  const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length, 0])
  return Buffer.concat([prefix, Buffer.from(padded, 'latin1'), Buffer.from(bytes)])
}

const digits = loadDigits(Number(values.seed))
const [held, training] = [digits.slice(0, HELD_OUT), digits.slice(HELD_OUT)]
const model = buildNetwork(Number(values.seed))
model.compile({
  optimizer: tf.train.adam(Number(values.rate)),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
})
const [fit, test] = [tensors(training), tensors(held)]
await model.fit(fit.x, fit.y, {
  batchSize: 50,
  epochs: Number(values.epochs),
  shuffle: true,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, logs) => console.log(`epoch ${epoch + 1}: accuracy ${logs?.['acc']?.toFixed(4)}`),
  },
})
const [, accuracy] = model.evaluate(test.x, test.y) as tf.Scalar[]
console.log(`held-out accuracy ${(await accuracy!.data())[0]!.toFixed(4)}`)
mkdirSync(folder, { recursive: true })
await model.save(`file://${folder}`)
writeFileSync(`${folder}digits.npy`, npy(held.slice(0, EXPLAINED)))
const preprocess = {
  input: { height: SIDE, width: SIDE, channels: 'grey', range: [0, 1] },
  mean: [0],
  std: [1],
  classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
}
writeFileSync(`${folder}preprocess.json`, JSON.stringify(preprocess, null, 2))
