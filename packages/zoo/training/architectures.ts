import * as tf from '@tensorflow/tfjs-node'
import { CANVAS_SIZE } from '../src/shapes/canvas.ts'
import { SHAPE_CLASSES } from '../src/shapes/outline.ts'

/** Names of the two architectures. */
export type ArchitectureName = 'residual' | 'vgg'

/** Builders of the untrained networks; `seed` fixes every initial weight. */
export const ARCHITECTURES: Readonly<Record<ArchitectureName, (seed: number) => tf.LayersModel>> = {
  residual: buildResidual,
  vgg: buildVgg,
}

const input = () => tf.input({ shape: [CANVAS_SIZE, CANVAS_SIZE, 3], name: 'image' })

/** Counts up from a seed, so that no two layers start from the same random stream. */
const initialisers = (seed: number) => () => tf.initializers.heNormal({ seed: seed++ })

/**
 * A residual network with batch norm (He et al. 2016, the CIFAR layout): a 3×3 stem of stride 2, three stages of two
 * basic blocks with 16, 32 and 64 channels at 32², 16² and 8², global average pooling and one dense layer.
 */
function buildResidual(seed: number): tf.LayersModel {
  const initialiser = initialisers(seed)
  const conv = (name: string, filters: number, size: number, strides: number) =>
    tf.layers.conv2d({
      name,
      filters,
      strides,
      kernelSize: size,
      padding: 'same',
      useBias: false,
      kernelInitializer: initialiser(),
    })
  const norm = (name: string) => tf.layers.batchNormalization({ name, momentum: 0.95 })
  const relu = (name: string) => tf.layers.reLU({ name })
  const apply = (x: tf.SymbolicTensor, ...layers: tf.layers.Layer[]) =>
    layers.reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, x)

  const image = input()
  let x = apply(image, conv('stem_conv', 16, 3, 2), norm('stem_bn'), relu('stem_relu'))
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (const block of [1, 2]) {
      const name = (part: string) => `stage${stage + 1}_block${block}_${part}`
      const strides = stage > 0 && block === 1 ? 2 : 1
      const body = apply(
        x,
        conv(name('conv1'), filters, 3, strides),
        norm(name('bn1')),
        relu(name('relu1')),
        conv(name('conv2'), filters, 3, 1),
        norm(name('bn2')),
      )
      const shortcut =
        strides === 1 ? x : apply(x, conv(name('conv0'), filters, 1, strides), norm(name('bn0')))
      const sum = tf.layers.add({ name: name('add') }).apply([body, shortcut]) as tf.SymbolicTensor
      x = apply(sum, relu(name('relu2')))
    }
  }
  const output = apply(
    x,
    tf.layers.globalAveragePooling2d({ name: 'pool', dataFormat: 'channelsLast' }),
    classifier(seed + 500),
  )
  return tf.model({ inputs: image, outputs: output, name: 'residual' })
}

/** A VGG-style network without batch norm: five blocks of two 3×3 convolutions and a max-pool, two dense layers. */
function buildVgg(seed: number): tf.LayersModel {
  const initialiser = initialisers(seed)
  const image = input()
  let x = image
  const add = (layer: tf.layers.Layer) => (x = layer.apply(x) as tf.SymbolicTensor)
  for (const [block, filters] of [16, 24, 48, 64, 64].entries()) {
    for (const index of [1, 2]) {
      const name = `block${block + 1}_conv${index}`
      add(
        tf.layers.conv2d({
          name,
          filters,
          kernelSize: 3,
          padding: 'same',
          activation: 'relu',
          kernelInitializer: initialiser(),
        }),
      )
    }
    add(tf.layers.maxPooling2d({ name: `block${block + 1}_pool`, poolSize: 2, strides: 2 }))
  }
  add(tf.layers.flatten({ name: 'flatten' }))
  add(tf.layers.dense({ name: 'fc1', units: 96, activation: 'relu', kernelInitializer: initialiser() }))
  add(classifier(seed + 500))
  return tf.model({ inputs: image, outputs: x, name: 'vgg' })
}

/** The last layer: a dense layer with a softmax, which the importer splits off so that methods explain logits. */
const classifier = (seed: number) =>
  tf.layers.dense({
    name: 'predictions',
    units: SHAPE_CLASSES.length,
    activation: 'softmax',
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  })
