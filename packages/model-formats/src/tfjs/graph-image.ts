import { isObject, type JsonObject } from '../keras/config-reader.ts'
import { invalid, openSize } from '../problems.ts'
import { readSignature, type GraphNode } from './graph-def.ts'

/** The image a graph model reads. */
interface GraphImage {
  readonly label: string
  readonly height: number
  readonly width: number
  readonly channels: number
}

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

/**
 * Finds the one image that a graph model reads, and its size.
 * @throws INVALID_MODEL when there is no such input, or its size is open and not given.
 */
export function graphImageShape(
  json: JsonObject,
  nodes: readonly GraphNode[],
  imageSize: readonly [number, number] | undefined,
): GraphImage {
  const named = [...readSignature(json, 'inputs').values()]
  const labels =
    named.length > 0 ? named : nodes.filter(({ opType }) => opType === 'Placeholder').map(({ name }) => name)
  const [label] = labels
  if (label === undefined || labels.length > 1) {
    throw invalid(
      `The model has ${labels.length} inputs (${labels.join(', ')}); an image classifier has one, the image.`,
    )
  }
  const sizes =
    declaredSizes(signatureShape(json, label)) ?? declaredSizes(placeholderShape(json, label)) ?? []
  if (sizes.length !== 4) {
    throw invalid(
      `The input '${label}' has ${sizes.length} axes; an image has four, [batch, height, width, channels].`,
    )
  }
  const [, height = imageSize?.[0], width = imageSize?.[1], channels] = sizes
  if (channels === undefined)
    throw invalid(`The input '${label}' does not say how many channels an image has.`)
  if (height === undefined || width === undefined) {
    throw openSize(label)
  }
  if (height * width * channels > 2 ** 28) {
    throw invalid(
      `The input '${label}' declares images of ${height}×${width}×${channels}, which no classifier reads.`,
    )
  }
  return { label, height, width, channels }
}
