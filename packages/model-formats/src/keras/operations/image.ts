import { poolingLayers } from '../layers/pooling.ts'
import { shapeLayers } from '../layers/shape.ts'
import type { LayerImporter } from '../layer-call.ts'
import type { Operation, OperationCall } from './operation.ts'

/** What Keras writes for an operation; TensorFlow writes NHWC and capitals. */
function windowSettings({ arguments: { config } }: OperationCall): Record<string, unknown> {
  const format = config.string('data_format', 'channels_last')
  return {
    pool_size: config.raw('pool_size'),
    strides: config.raw('strides'),
    padding: config.string('padding', 'valid').toLowerCase(),
    data_format: format === 'NHWC' ? 'channels_last' : format,
  }
}

const pool = (layer: string): Operation => ({
  parameters: ['inputs', 'pool_size', 'strides', 'padding', 'data_format'],
  build: (call) => call.as(poolingLayers[layer] as LayerImporter, windowSettings(call)),
})

const resize: Operation = {
  parameters: ['images', 'size', 'interpolation'],
  build(call) {
    const { config } = call.arguments
    const [height, width] = config.pair('size')
    // What is filled in only counts where the image is padded to its aspect ratio, which the layer refuses.
    for (const name of ['fill_mode', 'fill_value']) config.raw(name)
    return call.as(shapeLayers['Resizing'] as LayerImporter, {
      height,
      width,
      interpolation: config.string('interpolation', 'bilinear'),
    })
  },
}

/** Operations on images, by Keras 3's names. */
export const imageOperations: Readonly<Record<string, Operation>> = {
  MaxPool: pool('MaxPooling2D'),
  AveragePool: pool('AveragePooling2D'),
  Resize: resize,
}
