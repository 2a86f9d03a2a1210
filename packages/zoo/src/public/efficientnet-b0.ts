import { correctPad, layerWriter, type LayerWriter } from './layers.ts'
import { createNetwork, type KerasArchitecture, type Tap } from './network.ts'

const EPSILON = 1e-3

/** Kernel, repeats, filters, widening and stride of the first block of each stage. */
const STAGES = [
  [3, 1, 16, 1, 1],
  [3, 2, 24, 6, 2],
  [5, 2, 40, 6, 2],
  [3, 3, 80, 6, 2],
  [5, 3, 112, 6, 1],
  [5, 4, 192, 6, 2],
  [3, 1, 320, 6, 1],
] as const

interface BlockSettings {
  readonly name: string
  readonly kernel: number
  readonly filters: number
  readonly widening: number
  readonly strides: 1 | 2
}

/**
 * EfficientNet-B0 (Tan & Le 2019) in Keras' names, 224², 5,330,564 parameters. Keras puts the normalisation of the
 * image into the model (7 more numbers); here it is in the preprocessing, as for every other network.
 */
export function efficientnetB0(): KerasArchitecture {
  const network = createNetwork('efficientnetb0')
  const write = layerWriter(network)
  const image = network.input(224, 224, 3)
  let x = write.conv(write.pad(image, 'stem_conv_pad', correctPad(image, 3)), 'stem_conv', 32, 3, {
    strides: 2,
    padding: 'valid',
    bias: false,
  })
  x = write.activation(write.batchNorm(x, 'stem_bn', EPSILON), 'stem_activation', 'swish')
  for (const [stage, [kernel, repeats, filters, widening, firstStrides]] of STAGES.entries()) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const name = `block${stage + 1}${'abcd'[repeat]}`
      x = block(write, x, { name, kernel, filters, widening, strides: repeat === 0 ? firstStrides : 1 })
    }
  }
  x = write.conv(x, 'top_conv', 1280, 1, { bias: false })
  x = write.activation(write.batchNorm(x, 'top_bn', EPSILON), 'top_activation', 'swish')
  x = write.dropout(write.globalAverage(x, 'avg_pool'), 'top_dropout', 0.2)
  return network.finish(write.dense(x, 'predictions', 1000, 'softmax'))
}

/** Inverted residual block with squeeze-and-excitation. */
function block(write: LayerWriter, x: Tap, { name, kernel, filters, widening, strides }: BlockSettings): Tap {
  let body = x
  if (widening !== 1) {
    body = write.conv(x, `${name}_expand_conv`, x.channels * widening, 1, { bias: false })
    body = write.activation(
      write.batchNorm(body, `${name}_expand_bn`, EPSILON),
      `${name}_expand_activation`,
      'swish',
    )
  }
  if (strides === 2) body = write.pad(body, `${name}_dwconv_pad`, correctPad(body, kernel))
  body = write.depthwise(body, `${name}_dwconv`, kernel, {
    strides,
    padding: strides === 1 ? 'same' : 'valid',
  })
  body = write.activation(write.batchNorm(body, `${name}_bn`, EPSILON), `${name}_activation`, 'swish')
  body = excite(write, body, name, Math.max(1, Math.floor(x.channels / 4)))
  body = write.batchNorm(
    write.conv(body, `${name}_project_conv`, filters, 1, { bias: false }),
    `${name}_project_bn`,
    EPSILON,
  )
  if (strides !== 1 || x.channels !== filters) return body
  return write.merge('Add', [write.dropout(body, `${name}_drop`, 0.2), x], `${name}_add`)
}

/** Squeeze-and-excitation (Hu et al. 2018): each channel is scaled by a gate that sees all channels' means. */
function excite(write: LayerWriter, x: Tap, name: string, squeezed: number): Tap {
  let gate = write.toPixel(write.globalAverage(x, `${name}_se_squeeze`), `${name}_se_reshape`)
  gate = write.conv(gate, `${name}_se_reduce`, squeezed, 1, { activation: 'swish' })
  gate = write.conv(gate, `${name}_se_expand`, x.channels, 1, { activation: 'sigmoid' })
  return write.merge('Multiply', [x, gate], `${name}_se_excite`)
}
