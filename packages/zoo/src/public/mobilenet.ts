import { layerWriter } from './layers.ts'
import { createNetwork, type KerasArchitecture } from './network.ts'

const EPSILON = 1e-3

/** Filters and strides of the thirteen depthwise-separable blocks at width 1. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const

/** MobileNet v1 of width 0.25 (Howard et al. 2017) in Keras' names, 224², 475,544 parameters. */
export function mobilenet025(): KerasArchitecture {
  const width = 0.25
  const network = createNetwork('mobilenet_0.25_224')
  const write = layerWriter(network)
  let x = write.conv(network.input(224, 224, 3), 'conv1', 32 * width, 3, { strides: 2, bias: false })
  x = write.relu6(write.batchNorm(x, 'conv1_bn', EPSILON), 'conv1_relu')
  for (const [index, [filters, strides]] of BLOCKS.entries()) {
    const id = index + 1
    if (strides === 2) x = write.pad(x, `conv_pad_${id}`, [0, 1, 0, 1])
    x = write.depthwise(x, `conv_dw_${id}`, 3, { strides, padding: strides === 1 ? 'same' : 'valid' })
    x = write.relu6(write.batchNorm(x, `conv_dw_${id}_bn`, EPSILON), `conv_dw_${id}_relu`)
    x = write.conv(x, `conv_pw_${id}`, filters * width, 1, { bias: false })
    x = write.relu6(write.batchNorm(x, `conv_pw_${id}_bn`, EPSILON), `conv_pw_${id}_relu`)
  }
  x = write.toPixel(write.globalAverage(x, 'global_average_pooling2d'), 'reshape_1')
  x = write.conv(write.dropout(x, 'dropout', 0.001), 'conv_preds', 1000, 1)
  return network.finish(write.activation(write.toVector(x, 'reshape_2'), 'predictions', 'softmax'))
}
