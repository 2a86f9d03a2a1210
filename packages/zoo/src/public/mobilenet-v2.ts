import { correctPad, layerWriter, type LayerWriter } from './layers.ts'
import { createNetwork, type KerasArchitecture, type Tap } from './network.ts'

const EPSILON = 1e-3

/** Filters, stride of the first, and number of the inverted residual blocks in each stage. */
const STAGES = [
  [16, 1, 1],
  [24, 2, 2],
  [32, 2, 3],
  [64, 2, 4],
  [96, 1, 3],
  [160, 2, 3],
  [320, 1, 1],
] as const

/** MobileNet v2 of width 1 (Sandler et al. 2018) in Keras' names, 224², 3,538,984 parameters. */
export function mobilenetV2(): KerasArchitecture {
  const network = createNetwork('mobilenetv2_1.00_224')
  const write = layerWriter(network)
  let x = write.conv(network.input(224, 224, 3), 'Conv1', 32, 3, { strides: 2, bias: false })
  x = write.relu6(write.batchNorm(x, 'bn_Conv1', EPSILON), 'Conv1_relu')
  let id = 0
  for (const [filters, firstStrides, blocks] of STAGES) {
    for (let block = 0; block < blocks; block++) {
      x = invertedResidual(write, x, id, filters, block === 0 ? firstStrides : 1)
      id += 1
    }
  }
  x = write.conv(x, 'Conv_1', 1280, 1, { padding: 'valid', bias: false })
  x = write.relu6(write.batchNorm(x, 'Conv_1_bn', EPSILON), 'out_relu')
  x = write.globalAverage(x, 'global_average_pooling2d')
  return network.finish(write.dense(x, 'predictions', 1000, 'softmax'))
}

/** Widens six times (not in the first block), filters each channel, narrows; adds its input where the sizes agree. */
function invertedResidual(write: LayerWriter, x: Tap, id: number, filters: number, strides: 1 | 2): Tap {
  const prefix = id === 0 ? 'expanded_conv' : `block_${id}`
  const activate = (value: Tap, name: string) =>
    write.relu6(write.batchNorm(value, `${prefix}_${name}_BN`, EPSILON), `${prefix}_${name}_relu`)
  let body = x
  if (id > 0) body = activate(write.conv(x, `${prefix}_expand`, 6 * x.channels, 1, { bias: false }), 'expand')
  if (strides === 2) body = write.pad(body, `${prefix}_pad`, correctPad(body, 3))
  const padding = strides === 1 ? 'same' : 'valid'
  body = activate(write.depthwise(body, `${prefix}_depthwise`, 3, { strides, padding }), 'depthwise')
  body = write.conv(body, `${prefix}_project`, filters, 1, { bias: false })
  body = write.batchNorm(body, `${prefix}_project_BN`, EPSILON)
  return strides === 1 && x.channels === filters ? write.merge('Add', [x, body], `${prefix}_add`) : body
}
