import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { compareLayers } from './layers-model.ts'

type Layer = tf.layers.Layer

/** An image of odd sizes, a convolution, the layers under test, and a head of three classes. */
function around(...layers: readonly Layer[]): tf.LayersModel {
  const model = tf.sequential()
  model.add(tf.layers.conv2d({ inputShape: [9, 7, 3], filters: 4, kernelSize: 3, padding: 'same' }))
  for (const layer of layers) model.add(layer)
  if (model.outputs[0]?.shape.length === 4) model.add(tf.layers.flatten())
  model.add(tf.layers.dense({ units: 3 }))
  return model
}

const cases: Record<string, () => tf.LayersModel> = {
  'conv2d valid, strides': () =>
    around(tf.layers.conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 1] })),
  'conv2d same with cut windows': () =>
    around(tf.layers.conv2d({ filters: 5, kernelSize: 4, strides: 3, padding: 'same', useBias: false })),
  'conv2d dilated': () =>
    around(tf.layers.conv2d({ filters: 5, kernelSize: 3, dilationRate: 2, padding: 'same' })),
  'depthwise, multiplier': () =>
    around(tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same' })),
  separable: () =>
    around(tf.layers.separableConv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' })),
  'transposed, same': () =>
    around(tf.layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' })),
  'transposed, valid': () =>
    around(tf.layers.conv2dTranspose({ filters: 3, kernelSize: 4, strides: 3, padding: 'valid' })),
  'transposed, even kernel': () =>
    around(tf.layers.conv2dTranspose({ filters: 3, kernelSize: 4, strides: 2, padding: 'same' })),
  'transposed, kernel below stride': () =>
    around(tf.layers.conv2dTranspose({ filters: 3, kernelSize: 1, strides: 2, padding: 'same' })),
  'transposed, another height than width': () =>
    around(tf.layers.conv2dTranspose({ filters: 3, kernelSize: [5, 2], strides: [1, 2], padding: 'same' })),
  'transposed, another width than height': () =>
    around(tf.layers.conv2dTranspose({ filters: 3, kernelSize: [2, 5], strides: [3, 2], padding: 'same' })),
  'batch norm, large epsilon': () => around(tf.layers.batchNormalization({ epsilon: 0.3 }), tf.layers.reLU()),
  'batch norm without scale or center': () =>
    around(tf.layers.batchNormalization({ scale: false, center: false })),
  'batch norm behind flatten': () =>
    around(tf.layers.flatten(), tf.layers.batchNormalization({}), tf.layers.reLU()),
  'layer norm': () => around(tf.layers.layerNormalization({ epsilon: 0.1 })),
  'max pooling, same, cut': () =>
    around(tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  'average pooling, same, cut': () =>
    around(tf.layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  'average pooling, valid': () => around(tf.layers.averagePooling2d({ poolSize: 2 })),
  'global average pooling': () => around(tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' })),
  'global max pooling': () => around(tf.layers.globalMaxPooling2d({ dataFormat: 'channelsLast' })),
  'zero padding': () =>
    around(
      tf.layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
    ),
  cropping: () =>
    around(
      tf.layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 3],
        ],
      }),
    ),
  'up-sampling, nearest': () => around(tf.layers.upSampling2d({ size: [2, 3] })),
  'up-sampling, bilinear': () => around(tf.layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' })),
  rescaling: () => around(tf.layers.rescaling({ scale: 0.5, offset: -0.3 })),
  'center crop': () => around(tf.layers.centerCrop({ height: 4, width: 3 })),
  'reshape of an image': () =>
    around(tf.layers.reshape({ targetShape: [21, 3, 4] }), tf.layers.conv2d({ filters: 2, kernelSize: 2 })),
  'reshape to a vector': () => around(tf.layers.reshape({ targetShape: [252] })),
  'reshape of a vector to 1×1': () =>
    around(
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      tf.layers.reshape({ targetShape: [1, 1, 4] }),
      tf.layers.conv2d({ filters: 5, kernelSize: 1 }),
      tf.layers.reshape({ targetShape: [5] }),
    ),
  'dense on an image': () => around(tf.layers.dense({ units: 5, activation: 'relu' })),
  permute: () => around(tf.layers.permute({ dims: [2, 1, 3] })),
  'permute channels': () => around(tf.layers.permute({ dims: [3, 1, 2] })),
  'leaky relu': () => around(tf.layers.leakyReLU({ alpha: 0.4 })),
  'elu layer': () => around(tf.layers.elu({ alpha: 1 })),
  'relu with a ceiling': () => around(tf.layers.reLU({ maxValue: 0.7 })),
  'thresholded relu': () => around(tf.layers.thresholdedReLU({ theta: 0.3 })),
  prelu: () => around(tf.layers.prelu({})),
  'prelu, shared axes': () => around(tf.layers.prelu({ sharedAxes: [1, 2] })),
  'dropout and noise': () =>
    around(
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.gaussianNoise({ stddev: 1 }),
      tf.layers.gaussianDropout({ rate: 0.2 }),
      tf.layers.alphaDropout({ rate: 0.2 }),
    ),
  'flatten, relu, dense, dense': () =>
    around(
      tf.layers.flatten(),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.dense({ units: 5, activation: 'tanh' }),
    ),
}
for (const activation of [
  'elu',
  'hardSigmoid',
  'linear',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'tanh',
  'swish',
  'mish',
  'gelu',
  'gelu_new',
] as const) {
  cases[`activation ${activation}`] = () =>
    around(
      tf.layers.activation({ activation: activation as 'relu' }),
      tf.layers.conv2d({ filters: 3, kernelSize: 2, activation: activation as 'relu' }),
    )
}

test.each(Object.entries(cases))('%s gives what TensorFlow.js gives', async (name, build) => {
  const { difference } = await compareLayers(build(), name)
  expect(difference).toBeLessThan(1e-4)
})
