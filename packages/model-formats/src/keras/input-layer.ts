import { shortJson } from '@saliency/core'
import { type AxisReading, channelAxis } from '../dataflow/channel-axis.ts'
import { type GivenImage, imageInput, type NamedInput, onlyInput } from '../image-input.ts'
import type { SourceInput } from '../imported-model.ts'
import { invalid } from '../problems.ts'
import { tensorsOf, type KerasCall, type TensorReference } from './argument.ts'
import { orderCalls } from './order-calls.ts'
import type { KerasLayer, KerasTopology } from './topology.ts'

/** The sizes that an input layer declares; undefined where it leaves one open. */
function inputSizes({ name, layers }: KerasTopology, { layer: key }: TensorReference): NamedInput {
  const layer = layers.find((item) => item.name === key)
  if (!layer) throw invalid(`${name}: the input layer '${key}' is missing.`)
  const declared = layer.config.raw('batch_input_shape') ?? layer.config.raw('batch_shape')
  const isSize = (size: unknown) => size === null || size === undefined || typeof size === 'number'
  if (!Array.isArray(declared) || !declared.every(isSize)) {
    throw invalid(
      `The input '${key}' declares the shape ${shortJson(declared)}; an image is [batch, height, width, channels].`,
    )
  }
  return { name: key, sizes: (declared as (number | null | undefined)[]).map((size) => size ?? undefined) }
}

const imageLayers =
  /^(Conv2D|Convolution2D|DepthwiseConv2D|SeparableConv2D|Conv2DTranspose|.*Pool(ing)?2D|ZeroPadding2D|Cropping2D|UpSampling2D)$/
const keepers =
  /^(InputLayer|Rescaling|Activation|ReLU|LeakyReLU|Dropout|GaussianNoise|Add|Subtract|Multiply)$/

/** What a layer does to the axes of an image. */
function readingOf({ className, config, model }: KerasLayer): AxisReading | undefined {
  if (model) {
    const inner = firstReading(model)
    return inner === undefined ? undefined : { channels: inner }
  }
  if (imageLayers.test(className)) {
    const format = config.string('data_format', 'channels_last')
    return { channels: /first/i.test(format) ? 1 : 3 }
  }
  if (className === 'Permute') return { perm: [0, ...config.numbers('dims')] }
  return keepers.test(className) ? 'kept' : undefined
}

const keyOf = (layer: string, call: number) => `${layer}\n${call}`

/** The axis that the first layers of a model read as its image's channels. */
function firstReading(topology: KerasTopology): number | undefined {
  const [first] = topology.inputs
  if (!first) return undefined
  const readers = orderCalls(topology)
    .filter(({ layer }) => layer.name !== first.layer)
    .map(({ layer, call }) => ({
      inputs: tensorsOf(layer.calls[call] as KerasCall).map((tensor) => keyOf(tensor.layer, tensor.call)),
      outputs: [keyOf(layer.name, call)],
      reading: readingOf(layer),
    }))
  return channelAxis(keyOf(first.layer, first.call), readers)
}

/**
 * The one image of a model, its layout as its layers read it.
 * @throws INVALID_MODEL when it is no image, or its size is open and not given.
 */
export function kerasImage(topology: KerasTopology, given: GivenImage): SourceInput {
  const { name, sizes } = onlyInput(
    topology.name,
    topology.inputs.map((reference) => inputSizes(topology, reference)),
  )
  return imageInput({ name, sizes, channelAxis: firstReading(topology), convention: 'channels-last' }, given)
}
