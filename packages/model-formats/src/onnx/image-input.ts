import type { Value } from '@saliency/core'
import type { GraphProto, TensorProto, ValueInfo } from '@saliency/onnx-proto'
import type { ImportSession } from '../import-session.ts'
import type { SourceInput } from '../imported-model.ts'
import { invalid, openSize, unsupported } from '../problems.ts'

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
function realInputs(graph: GraphProto, initializers: ReadonlyMap<string, TensorProto>): readonly ValueInfo[] {
  return (graph.input ?? []).filter((input) => !initializers.has(input.name ?? ''))
}

const fixedBatch = (images: number) =>
  `The file is exported for a fixed batch of ${images} images. Export it with an open batch (torch.onnx.export's dynamic_shapes or dynamic_axes), or for one image.`

/** True for sizes that can only be a channel count beside an image's height and width. */
const isChannels = (dim: number | undefined) => dim === 1 || dim === 3 || dim === 4

/**
 * Declares the image.
 * @throws INVALID_MODEL when the model does not have one input, it is no image, or its size is open and not given.
 */
export function openImage(
  graph: GraphProto,
  { graph: target }: ImportSession,
  initializers: ReadonlyMap<string, TensorProto>,
  imageSize: readonly [number, number] | undefined,
): OpenedImage {
  const inputs = realInputs(graph, initializers)
  const [first] = inputs
  if (!first || inputs.length > 1) {
    const names = inputs.map(({ name }) => name).join(', ')
    throw invalid(`The model has ${inputs.length} inputs (${names}); an image classifier has one, the image.`)
  }
  const label = first.name ?? ''
  const dims = (first.type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) =>
    dimValue ? dimValue : undefined,
  )
  if (dims.length !== 4) {
    throw invalid(
      `The input '${label}' has ${dims.length} axes; an image has four, [batch, channels, height, width].`,
    )
  }
  const [batch = 1] = dims
  if (batch !== 1) throw unsupported(fixedBatch(batch))
  const isLast = isChannels(dims[3]) && !isChannels(dims[1])
  const [channels, height, width] = isLast ? [dims[3], dims[1], dims[2]] : [dims[1], dims[2], dims[3]]
  const [rows, columns] = [height ?? imageSize?.[0], width ?? imageSize?.[1]]
  if (channels === undefined)
    throw invalid(`The input '${label}' does not say how many channels an image has.`)
  if (rows === undefined || columns === undefined) {
    throw openSize(label)
  }
  if (channels * rows * columns > 2 ** 28 || channels < 0) {
    throw invalid(
      `The input '${label}' declares images of ${rows}×${columns}×${channels}, which no classifier reads.`,
    )
  }
  const image = target.ops.input('image', ['n', channels, rows, columns])
  const layout = isLast ? 'channels-last' : 'channels-first'
  return {
    input: { name: label, channels, height: rows, width: columns, layout },
    image,
    entry: isLast ? target.ops.transpose(image, [0, 2, 3, 1]) : image,
    label,
  }
}
