import { layerWriter, type LayerWriter } from './layers.ts'
import { createNetwork, type KerasArchitecture, type Tap } from './network.ts'

const EPSILON = 1.001e-5

/** ResNet-50 (He et al. 2016, strides in the first 1×1 convolution) in Keras' names, 224², 25,636,712 parameters. */
export function resnet50(): KerasArchitecture {
  const network = createNetwork('resnet50')
  const write = layerWriter(network)
  let x = write.pad(network.input(224, 224, 3), 'conv1_pad', [3, 3, 3, 3])
  x = write.conv(x, 'conv1_conv', 64, 7, { strides: 2, padding: 'valid' })
  x = write.activation(write.batchNorm(x, 'conv1_bn', EPSILON), 'conv1_relu', 'relu')
  x = write.maxPool(write.pad(x, 'pool1_pad', [1, 1, 1, 1]), 'pool1_pool', 3, 2)
  for (const [index, [blocks, filters]] of (
    [
      [3, 64],
      [4, 128],
      [6, 256],
      [3, 512],
    ] as const
  ).entries()) {
    for (let block = 1; block <= blocks; block++) {
      const strides = index > 0 && block === 1 ? 2 : 1
      x = bottleneck(write, x, `conv${index + 2}_block${block}`, filters, strides, block === 1)
    }
  }
  x = write.globalAverage(x, 'avg_pool')
  return network.finish(write.dense(x, 'predictions', 1000, 'softmax'))
}

/** 1×1, 3×3, 1×1 to four times the filters; the first block of a stage also projects its shortcut. */
function bottleneck(
  write: LayerWriter,
  x: Tap,
  name: string,
  filters: number,
  strides: number,
  projects: boolean,
): Tap {
  const conv = (from: Tap, part: number, channels: number, size: number, step = 1) => {
    const padding = size === 1 ? 'valid' : 'same'
    const raw = write.conv(from, `${name}_${part}_conv`, channels, size, { strides: step, padding })
    return write.batchNorm(raw, `${name}_${part}_bn`, EPSILON)
  }
  const shortcut = projects ? conv(x, 0, 4 * filters, 1, strides) : x
  let body = write.activation(conv(x, 1, filters, 1, strides), `${name}_1_relu`, 'relu')
  body = write.activation(conv(body, 2, filters, 3), `${name}_2_relu`, 'relu')
  const sum = write.merge('Add', [shortcut, conv(body, 3, 4 * filters, 1)], `${name}_add`)
  return write.activation(sum, `${name}_out`, 'relu')
}
