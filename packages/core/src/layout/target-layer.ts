import { bottlenecks } from '../blocks.ts'
import type { OpName } from '../graph/operators.ts'
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
 * taken; where its places are joined with something else (class tokens), there is none, since earlier maps are not what
 * the logits read.
 */
export function targetLayer(
  layers: readonly Layer[],
  logits: Value,
  axes: ReadonlyMap<Node, readonly Axis[]>,
): TargetLayer {
  const byOutput = new Map(layers.map((layer) => [layer.output.node, layer]))
  const points = [...bottlenecks(logits)].flatMap((node) => byOutput.get(node) ?? [])
  let passed: number | undefined
  for (const [index, layer] of [...points.entries()].toReversed()) {
    const digits = axes.get(layer.output.node)?.flat() ?? []
    const isMixed = digits.some(({ of }) => of === 'mixed')
    if (isMixed || digits.some(isGrid)) {
      if (!passesOn(layer)) return layer.maps ? chosen(points, index) : chosen(points, passed, layer)
      if (layer.maps) passed = index
    }
  }
  return { reason: "no layer that all the logits' evidence passes has rows and columns of the image" }
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
