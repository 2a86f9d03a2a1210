import type { OpName } from '../graph/operators.ts'
import type { Node, Value } from '../graph/value.ts'
import type { Layer, Tokens } from '../model.ts'
import { type Axis, isGrid, tokensOf, whole } from './axis.ts'
import { type FeatureMaps, featureMaps } from './feature-maps.ts'
import { readTokens } from './read-tokens.ts'

/** The axis of a layer that counts tokens, with features behind it; undefined where places have two axes, or come last. */
function tokenAxis({ output, maps }: Layer, axes: ReadonlyMap<Node, readonly Axis[]>): Axis | undefined {
  const own = axes.get(output.node) ?? []
  const holding = own.filter((axis) => tokensOf(axis) ?? axis.some(isGrid))
  const [axis] = holding
  const isInFront = axis && own.indexOf(axis) < own.length - 1
  return maps && own.length === 3 && holding.length === 1 && isInFront ? axis : undefined
}

const moving = new Set<OpName>(['Transpose', 'Reshape', 'Slice', 'Gather', 'Concat'])
const computes = ({ output }: Layer) => !moving.has(output.node.op)

/**
 * The tokens of a model, by structure: those of the last layer that computes with any, and the layers that have the same. Undefined
 * in a network that computes with none.
 */
export function tokensOfLayers(
  layers: readonly Layer[],
  axes: ReadonlyMap<Node, readonly Axis[]>,
  logits: Value,
): Tokens | undefined {
  const carrying = layers.filter((layer) => tokenAxis(layer, axes))
  const last = carrying.findLast(computes)
  const maps = last?.maps
  if (!maps) return undefined
  const [n, , height, width] = maps.shape
  const counted = tokenAxis(last, axes) as Axis
  const axis = axes.get(last.output.node)?.indexOf(counted) ?? 1
  const count = Number(last.output.shape[axis])
  const batch: Axis = n === 1 ? [] : whole('batch', n)
  return {
    grid: { height, width },
    prefix: maps.prefix,
    count,
    axis,
    read: readTokens(last.output, axis, logits),
    map: (row) => (featureMaps([batch, [], counted], [n, 1, count], maps) as FeatureMaps).of(row),
    layers: carrying.filter(
      ({ maps: own }) => own?.shape[2] === height && own.shape[3] === width && own.prefix === maps.prefix,
    ),
  }
}
