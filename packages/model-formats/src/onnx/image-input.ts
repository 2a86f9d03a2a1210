import type { Value } from '@saliency/core'
import {
  dataTypes,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from '@saliency/onnx-proto'
import { type AxisReading, channelAxis } from '../dataflow/channel-axis.ts'
import { type GivenImage, imageInput, onlyInput } from '../image-input.ts'
import type { ImportSession } from '../import-session.ts'
import type { SourceInput } from '../imported-model.ts'
import { unsupported } from '../problems.ts'

/** The image as the graph holds it and as the source's nodes read it. */
interface OpenedImage {
  readonly input: SourceInput
  /** `[n, c, h, w]` */
  readonly image: Value
  /** The same in the source's order of axes. */
  readonly entry: Value
  /** The source's name of it. */
  readonly label: string
}

/** The inputs that are not weights: files before IR version 4 list those as inputs too. */
function realInputs(
  { input = [] }: GraphProto,
  initializers: ReadonlyMap<string, TensorProto>,
): { name: string; sizes: (number | undefined)[]; holdsBytes: boolean }[] {
  return input
    .filter(({ name = '' }) => !initializers.has(name))
    .map((info) => ({
      name: info.name ?? '',
      sizes: sizesOf(info),
      holdsBytes: info.type?.tensorType?.elemType === dataTypes.uint8,
    }))
}

/** Sizes without a value, or with a name, are open. */
const sizesOf = ({ type }: ValueInfo) =>
  (type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) => (dimValue ? dimValue : undefined))

const fixedBatch = (images: number) =>
  `The file is exported for a fixed batch of ${images} images. Export it with an open batch (torch.onnx.export's dynamic_shapes or dynamic_axes), or for one image.`

/** ONNX has the channels of its layers on axis 1. */
const readers = new Set(
  'Conv ConvTranspose BatchNormalization InstanceNormalization LRN MaxPool AveragePool GlobalAveragePool GlobalMaxPool QLinearConv'.split(
    ' ',
  ),
)
const keepers = new Set(
  'Identity Cast Add Sub Mul Div Pow Sqrt Neg Min Max Clip Relu Sigmoid Tanh Pad Dropout QuantizeLinear DequantizeLinear Resize Upsample'.split(
    ' ',
  ),
)

function readingOf({ opType = '', attribute = [] }: NodeProto): AxisReading | undefined {
  if (readers.has(opType)) return { channels: 1 }
  if (opType === 'Transpose')
    return { perm: attribute.find(({ name }) => name === 'perm')?.ints ?? [3, 2, 1, 0] }
  return keepers.has(opType) ? 'kept' : undefined
}

/**
 * Declares the image.
 * @throws INVALID_MODEL when the model does not have one input, it is no image, or its size is open and not given.
 */
export function openImage(
  graph: GraphProto,
  { graph: target }: ImportSession,
  initializers: ReadonlyMap<string, TensorProto>,
  given: GivenImage,
): OpenedImage {
  const { name, sizes, holdsBytes } = onlyInput('The model', realInputs(graph, initializers))
  const [batch = 1] = sizes
  const nodes = (graph.node ?? []).map((node) => ({
    inputs: node.input ?? [],
    outputs: node.output ?? [],
    reading: readingOf(node),
  }))
  const declared = imageInput(
    { name, sizes, channelAxis: channelAxis(name, nodes), convention: 'channels-first' },
    given,
  )
  const input: SourceInput = holdsBytes ? { ...declared, holds: 'bytes' } : declared
  if (batch !== 1) throw unsupported(fixedBatch(batch))
  const image = target.ops.input('image', ['n', input.channels, input.height, input.width])
  const isLast = input.layout === 'channels-last'
  return { input, image, entry: isLast ? target.ops.transpose(image, [0, 2, 3, 1]) : image, label: name }
}
