import { isObject, type JsonObject } from '../keras/config-reader.ts'
import type { ConstantTensor } from '../constant/constant-tensor.ts'
import { type AxisReading, channelAxis } from '../dataflow/channel-axis.ts'
import { type GivenImage, imageInput, onlyInput } from '../image-input.ts'
import type { SourceInput } from '../imported-model.ts'
import { readSignature, type GraphNode } from './graph-def.ts'

/** Sizes as the signature or the placeholder gives them; −1 and 0 are open. */
function declaredSizes(shape: unknown): (number | undefined)[] | undefined {
  const dims = isObject(shape) && Array.isArray(shape['dim']) ? (shape['dim'] as unknown[]) : undefined
  return dims?.map((dim) => {
    const size = Number(isObject(dim) ? (dim['size'] ?? -1) : -1)
    return size > 0 ? size : undefined
  })
}

function signatureShape(json: JsonObject, label: string): unknown {
  const metadata = isObject(json['userDefinedMetadata']) ? json['userDefinedMetadata'] : {}
  const signature = [json['signature'], metadata['signature']].find(isObject)
  const inputs = signature && isObject(signature['inputs']) ? Object.values(signature['inputs']) : []
  const entry = inputs
    .filter(isObject)
    .find((item) => String(item['name'] ?? '').replace(/:0$/, '') === label)
  return entry?.['tensorShape']
}

function placeholderShape(json: JsonObject, label: string): unknown {
  const topology = isObject(json['modelTopology']) ? json['modelTopology'] : {}
  const nodes = (Array.isArray(topology['node']) ? topology['node'] : []).filter(isObject)
  const node = nodes.find((item) => item['name'] === label)
  const attr = node && isObject(node['attr']) ? node['attr'] : {}
  const shape = isObject(attr['shape']) ? attr['shape'] : {}
  return shape['shape']
}

/** The sizes of an input, by the signature or the placeholder. */
function sizesOf(json: JsonObject, label: string): readonly (number | undefined)[] {
  return declaredSizes(signatureShape(json, label)) ?? declaredSizes(placeholderShape(json, label)) ?? []
}

const images = new Set(
  'Conv2D _FusedConv2D DepthwiseConv2dNative FusedDepthwiseConv2dNative MaxPool AvgPool FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3'.split(
    ' ',
  ),
)
const keepers = new Set(
  'Identity Cast Add AddV2 BiasAdd Sub Mul RealDiv Div Maximum Minimum Neg Relu Relu6 Pad PadV2 MirrorPad'.split(
    ' ',
  ),
)

/** What a node does to the axes of an image; the order of a transposition is among the weights. */
function readingOf(
  { opType, input, attributes }: GraphNode,
  constants: ReadonlyMap<string, ConstantTensor>,
): AxisReading | undefined {
  if (images.has(opType)) return { channels: attributes.text('data_format', 'NHWC') === 'NCHW' ? 1 : 3 }
  const order = opType === 'Transpose' ? constants.get(input[1] ?? '') : undefined
  if (order) return { perm: Array.from(order.data, Number) }
  return keepers.has(opType) ? 'kept' : undefined
}

/** The inputs that the signature names, or else every placeholder. */
export function inputsOf(json: JsonObject, nodes: readonly GraphNode[]): readonly string[] {
  const named = [...readSignature(json, 'inputs').values()]
  if (named.length > 0) return named
  return nodes.filter(({ opType }) => opType === 'Placeholder').map(({ name }) => name)
}

/**
 * The one image that a graph model reads.
 * @param inputs names of the model's inputs
 * @param nodes each behind those it reads from
 * @throws INVALID_MODEL when there is no such input, or its size is open and not given.
 */
export function graphImage(
  json: JsonObject,
  inputs: readonly string[],
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, ConstantTensor>,
  given: GivenImage,
): SourceInput {
  const { name, sizes } = onlyInput(
    'The model',
    inputs.map((label) => ({ name: label, sizes: sizesOf(json, label) })),
  )
  const readers = nodes.map((node) => ({
    inputs: node.input,
    outputs: node.output,
    reading: readingOf(node, constants),
  }))
  return imageInput(
    { name, sizes, channelAxis: channelAxis(name, readers), convention: 'channels-last' },
    given,
  )
}
