import { findAttentions } from './attention/find-attentions.ts'
import { blocksOf } from './blocks.ts'
import { canonize } from './canonize/canonize.ts'
import { SaliencyError } from './errors.ts'
import { findLayer } from './find-layer.ts'
import type { Graph } from './graph/value.ts'
import { ancestors, dependsOnInput } from './graph/reach.ts'
import { bothDirections } from './one-logit.ts'
import { isNode, type Node, type Value } from './graph/value.ts'
import { type Layout, layoutOf } from './layout/layout.ts'
import { targetLayer } from './layout/target-layer.ts'
import { tokensOfLayers } from './layout/tokens.ts'
import type { Head, Layer, Model } from './model.ts'
import { rectifiersOf, whyNoRectifier } from './rectifiers.ts'
import { asTransformer } from './weights/transformer.ts'

/** What an importer hands over. */
export interface ModelParts {
  readonly name: string
  readonly graph: Graph
  /** `[n, c, h, w]` */
  readonly image: Value
  /** `[n, k]` */
  readonly logits: Value
  readonly head: Head
  /** What the source returns, a final softmax or sigmoid included; default the logits. */
  readonly scores?: Value
  /** The source format's name of each layer's kind; default the operator's name. */
  readonly kinds?: ReadonlyMap<string, string>
}

/** The parameter leaves that an expression is made from. */
function parametersOf(nodes: readonly Node[]): Node<'Parameter'>[] {
  const direct = nodes.flatMap((node) => node.inputs.filter((input) => !dependsOnInput(input)))
  return ancestors(direct).filter((node) => isNode(node, 'Parameter'))
}

function layerOf(name: string, nodes: readonly Node[], { mapsOf }: Layout, kind: string | undefined): Layer {
  const last = nodes.at(-1) as Node
  const output = last.outputs[0] as Value
  const maps = mapsOf(output)
  const parameters = parametersOf(nodes)
  const bias = parameters.find((node) => node.attributes.role === 'bias')?.outputs[0]
  return {
    name,
    kind: kind ?? (nodes.find((node) => node.inputs.some(dependsOnInput)) ?? last).op,
    output,
    ...(maps && { maps }),
    ...(bias && { bias }),
    parameters: parameters.map((node) => node.attributes),
    nodes,
  }
}

function groupByLayer(nodes: readonly Node[]): Map<string, Node[]> {
  const groups = new Map<string, Node[]>()
  for (const node of nodes) {
    if (node.layer === undefined || !node.outputs[0] || !dependsOnInput(node.outputs[0])) continue
    const group = groups.get(node.layer)
    if (group) group.push(node)
    else groups.set(node.layer, [node])
  }
  return groups
}

/**
 * Collects the layers of a graph that an importer has built. Where activations or norms are written as several operators, the
 * model's graph is another one than was given, in which each is one.
 * @throws INVALID_MODEL when the logits are not `[n, classes]`, or no layer reads the image.
 */
export function createModel(parts: ModelParts): Model {
  const { name } = parts
  const { values, kinds: joined } = canonize([parts.image, parts.logits, parts.scores ?? parts.logits])
  const [image, logits, scores] = values as [Value, Value, Value]
  const kinds = new Map([...(parts.kinds ?? []), ...joined])
  const { batch = 'n' } = logits.graph
  if (logits.shape.length !== 2 || logits.shape[0] !== batch || typeof logits.shape[1] !== 'number') {
    throw new SaliencyError(
      'INVALID_MODEL',
      `${name}: the output is [${logits.shape.join(', ')}], but a classifier returns [n, classes]. Choose another output, or cut the model there.`,
    )
  }
  const nodes = ancestors([logits])
  const layout = layoutOf(nodes)
  const { axes } = layout
  const inFile = [...groupByLayer(nodes)].map(([layer, own]) => layerOf(layer, own, layout, kinds.get(layer)))
  inFile.sort((a, b) => a.output.node.id - b.output.node.id)
  const attentions = findAttentions(nodes, axes)
  const layers = attentions.found.length > 0 ? asTransformer(inFile) : inFile
  const tokens = tokensOfLayers(layers, axes, logits)
  const firstLinear =
    layers.find((layer) => layer.parameters.some(({ role }) => role === 'kernel')) ?? layers[0]
  if (!firstLinear) {
    throw new SaliencyError('INVALID_MODEL', `${name}: no layer leads from the image to the output.`)
  }
  const inLayers = layers.flatMap((layer) => layer.nodes)
  const noRectifier = whyNoRectifier(inLayers)
  return {
    name,
    graph: logits.graph,
    image,
    logits: parts.head === 'sigmoid' && logits.shape[1] === 1 ? bothDirections(logits) : logits,
    explained: logits,
    scores,
    rectifiers: rectifiersOf(inLayers),
    ...(noRectifier !== undefined && { noRectifier }),
    head: parts.head,
    layers,
    blocks: blocksOf(layers, logits, attentions.found),
    mapsOf: layout.mapsOf,
    attentions: attentions.found,
    unrecognisedAttentions: attentions.unrecognised,
    target: targetLayer({ layers, logits, axes, attentions: attentions.found }),
    ...(tokens && { tokens }),
    firstLinear,
    layer: (wanted) => findLayer(name, wanted, layers),
  }
}
