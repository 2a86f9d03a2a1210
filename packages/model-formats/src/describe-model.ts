import { ancestors, type Layer, type Model, type OpName, type Shape, type Weights } from '@saliency/core'

/** One layer in a description. */
export interface LayerDescription {
  readonly name: string
  /** The source format's name of the layer's kind. */
  readonly kind: string
  /** The operators it was imported as. */
  readonly operators: readonly OpName[]
  /** Its result, `[n, c, h, w]` for images. */
  readonly shape: Shape
  /** Numbers in its parameters, shared ones included. */
  readonly parameters: number
}

/** A layer whose activation a class activation map could explain. */
export interface TargetLayer {
  readonly name: string
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** What a model is, as data. */
export interface ModelDescription {
  readonly name: string
  readonly input: Shape
  readonly logits: Shape
  readonly head: Model['head']
  readonly layers: readonly LayerDescription[]
  /** How often each operator occurs between the image and the logits. */
  readonly operators: Readonly<Partial<Record<OpName, number>>>
  /** Numbers in all parameters. */
  readonly parameters: number
  /** The last layer at each size of the feature maps, largest first; the last of them is the usual choice. */
  readonly targetLayers: readonly TargetLayer[]
  /** `kept`: the file holds batch norm layers; `none`: it has none, or they were merged into the layers before them. */
  readonly batchNorm: 'kept' | 'none'
}

const leaves = new Set<OpName>(['Input', 'Parameter', 'Constant', 'Fill'])

function sizeOfParameters(layer: Layer): number {
  return layer.parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1),
    0,
  )
}

function targetLayers(model: Model): TargetLayer[] {
  const bySize = new Map<string, TargetLayer>()
  for (const { name, maps } of model.layers) {
    if (!maps) continue
    const [, channels, height, width] = maps.shape
    bySize.set(`${height}×${width}`, { name, channels, height, width })
  }
  return [...bySize.values()].toSorted((a, b) => b.height * b.width - a.height * a.width)
}

/** Describes a model: what `saliency inspect` prints. */
export function describeModel(model: Model, weights: Weights): ModelDescription {
  const operators: Partial<Record<OpName, number>> = {}
  for (const { op } of ancestors([model.logits])) {
    if (!leaves.has(op)) operators[op] = (operators[op] ?? 0) + 1
  }
  return {
    name: model.name,
    input: model.image.shape,
    logits: model.logits.shape,
    head: model.head,
    layers: model.layers.map((layer) => ({
      name: layer.name,
      kind: layer.kind,
      operators: layer.nodes.map(({ op }) => op),
      shape: layer.output.shape,
      parameters: sizeOfParameters(layer),
    })),
    operators,
    parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    targetLayers: targetLayers(model),
    batchNorm: operators.BatchNormalization ? 'kept' : 'none',
  }
}
