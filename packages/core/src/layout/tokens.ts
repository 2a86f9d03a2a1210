import type { OpName } from '../graph/operators.ts'
import type { Node } from '../graph/value.ts'
import type { Layer } from '../model.ts'
import { type Axis, isGrid, tokensOf } from './axis.ts'

/** The model's tokens: places of the image, and others beside them, as vectors on one axis. */
export interface Tokens {
  /** Rows and columns of places, as the patch convolution (or the last merging of patches) leaves them. */
  readonly grid: { readonly height: number; readonly width: number }
  /** Tokens in front of the places: class token, distillation token, registers. */
  readonly prefix: number
  /** The layers that return them, `[n, prefix + height · width, d]` in the network's order of axes. */
  readonly layers: readonly Layer[]
}

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
): Tokens | undefined {
  const carrying = layers.filter((layer) => tokenAxis(layer, axes))
  const maps = carrying.findLast(computes)?.maps
  if (!maps) return undefined
  const [, , height, width] = maps.shape
  return {
    grid: { height, width },
    prefix: maps.prefix,
    layers: carrying.filter(
      ({ maps: own }) => own?.shape[2] === height && own.shape[3] === width && own.prefix === maps.prefix,
    ),
  }
}
