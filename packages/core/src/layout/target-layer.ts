import type { Attention } from '../attention/attention.ts'
import { normalised } from '../attention/block.ts'
import { bottlenecks } from '../blocks.ts'
import type { OpName } from '../graph/operators.ts'
import { ancestors } from '../graph/reach.ts'
import { formatShape } from '../graph/shape.ts'
import type { Node, Value } from '../graph/value.ts'
import type { Layer, TargetLayer } from '../model.ts'
import { type Axis, isGrid } from './axis.ts'

/** What only moves, thins out or scales the feature maps in front of it. */
const passing = new Set<OpName>([
  'Reshape',
  'Flatten',
  'Transpose',
  'Expand',
  'Slice',
  'Gather',
  'Pad',
  'Resize',
  'Cast',
  'MaxPool',
  'AveragePool',
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'Softmax',
  'LogSoftmax',
  'Div',
])

/** What a target layer is looked for among. */
export interface Structure {
  readonly layers: readonly Layer[]
  readonly logits: Value
  readonly axes: ReadonlyMap<Node, readonly Axis[]>
  readonly attentions: readonly Attention[]
}

/** True for layers whose maps are another layer's: the one in front is the activation. */
function passesOn({ nodes }: Layer): boolean {
  const last = nodes.at(-1) as Node
  const isScaled = last.op === 'Mul' && last.inputs.some(({ node }) => node.op === 'Constant')
  return passing.has(last.op) || isScaled
}

/**
 * Grad-CAM's usual target layer, by structure: of the points that every path from the image to the logits passes, the last
 * that has rows and columns. Pools, transposes, reshapes and divisions are passed over: what the logits read in one of
 * them, the activation in front of it has. Where that activation is cut into windows, the layer that puts them together is
 * taken; where its places are joined with something else, there is none, since earlier maps are not what the logits read.
 * Of a transformer it is what the last attention reads, as pytorch-grad-cam's examples take it, wherever places behind that
 * attention say nothing: under a class token, in the norm's own input, inside of the attention. Where the attention is
 * written in a way that is not recognised, it is the last such point whose places the logits read.
 */
export function targetLayer(structure: Structure): TargetLayer {
  const last = lastMaps(structure)
  const why = last.layer && whyEarlier(last.layer, structure)
  if (!why) return last.layer?.maps?.isRead === false ? lastRead(last.layer, structure) : last
  const { normed, layer } = structure.attentions.at(-1) as Attention
  const entering = structure.layers.find(({ output, maps }) => maps && output === normed)
  if (!entering)
    return { reason: `the attention '${layer}' reads no layer whose tokens form a grid, and ${why}` }
  return { layer: entering, reason: `the tokens that the last attention reads; ${why}` }
}

/** The layers that every path from the image to the logits passes. */
function pointsOf({ layers, logits }: Structure): readonly Layer[] {
  const byOutput = new Map(layers.map((layer) => [layer.output.node, layer]))
  return [...bottlenecks(logits)].flatMap((node) => byOutput.get(node) ?? [])
}

/** In place of the last maps, behind which the logits read tokens that are no place. */
function lastRead(last: Layer, structure: Structure): TargetLayer {
  const layer = pointsOf(structure).findLast((point) => point.maps?.isRead && !passesOn(point))
  const why = `behind '${last.name}' they read tokens that are no place of the image`
  return layer
    ? { layer, reason: `the last feature maps whose places the logits read; ${why}` }
    : { reason: `the logits read the places of no layer: ${why}` }
}

function lastMaps(structure: Structure): TargetLayer {
  const { axes } = structure
  const points = pointsOf(structure)
  let passed: number | undefined
  for (const [index, layer] of [...points.entries()].toReversed()) {
    const digits = axes.get(layer.output.node)?.flat() ?? []
    if (digits.some((digit) => digit.of === 'mixed' || digit.of === 'tokens' || isGrid(digit))) {
      if (!passesOn(layer)) return layer.maps ? chosen(points, index) : chosen(points, passed, layer)
      if (layer.maps) passed = index
    }
  }
  return { reason: "no layer that all the logits' evidence passes has rows and columns of the image" }
}

/** Why what the last attention reads is taken in place of the last maps; undefined where those are. */
function whyEarlier(last: Layer, { layers, attentions }: Structure): string | undefined {
  const attention = attentions.at(-1)
  const { node } = last.output
  if (!attention || node.id <= attention.normed.node.id) return undefined
  if (ancestors([attention.probabilities, attention.values]).includes(node))
    return `'${last.name}' is a part of that attention`
  if (!last.maps?.isRead)
    return 'behind it the logits read tokens that are no place of the image, so that places have no gradient'
  const isBlind =
    last.output === attention.blockOutput &&
    attention.normed !== attention.input &&
    layers.some(({ output }) => output.node.id > node.id && normalised(output))
  return isBlind
    ? `a norm reads the mean of '${last.name}', so that gradient times activation sums to zero there`
    : undefined
}

function chosen(points: readonly Layer[], index: number | undefined, lost?: Layer): TargetLayer {
  const layer = index === undefined ? undefined : points[index]
  if (index === undefined || !layer) return { reason: whyLost(lost as Layer) }
  const reader = points[index + 1]
  const read = reader ? `${reader.kind} '${reader.name}' reads it` : 'it is the output'
  return { layer, reason: `the last feature maps that all the logits' evidence passes; ${read}` }
}

function whyLost({ name, output }: Layer): string {
  return `'${name}' ${formatShape(output.shape)}, which the logits read, is no image: its places are joined with other values, or stand in an order that is not known`
}
