import type { Graph, Value } from '../graph/value.ts'
import type { FeatureMaps } from '../layout/feature-maps.ts'

/** Feature maps or tokens that can take one more feature, whatever order the network keeps their axes in. */
export interface Joint {
  readonly value: Value
  readonly grid: readonly [height: number, width: number]
  /** The axis that counts features. */
  readonly features: number
  /** A response `[n, 1, h, w]` in the axes of the value, as one feature. */
  lay(graph: Graph, response: Value): Value
}

type Layout = Pick<Joint, 'features' | 'lay'> & {
  /** What the maps must be for the layout to be theirs; only of a value that has as many features as they have. */
  maps(): Value
}

/** Places on one axis, with features behind it, and other tokens in front of them and perhaps behind. */
function tokenLayout(value: Value, { shape, prefix }: FeatureMaps, axis: 0 | 1): Layout {
  const { ops } = value.graph
  const [n, , height, width] = shape
  const places = height * width
  const count = Number(value.shape[axis])
  const isAll = count === places
  const around: [number, number] = [prefix, count - prefix - places]
  return {
    features: 2,
    maps() {
      const ends = [prefix + places]
      const kept = isAll ? value : ops.slice(value, { axes: [axis], starts: [prefix], ends })
      return ops.reshape(ops.transpose(kept, axis === 1 ? [0, 2, 1] : [1, 2, 0]), shape)
    },
    lay(graph, response) {
      const layer = graph.layer('graft.tokens')
      const row = layer.reshape(response, [n, 1, places])
      const tokens = layer.transpose(row, axis === 1 ? [0, 2, 1] : [2, 0, 1])
      const pads = [0, 1, 2].map((each): [number, number] => (each === axis ? around : [0, 0]))
      return isAll ? tokens : layer.pad(tokens, { pads })
    },
  }
}

/** Every order of axes that networks keep places in, of as many axes as the value has. */
function layoutsOf(value: Value, maps: FeatureMaps): readonly Layout[] {
  const { ops } = value.graph
  if (value.shape.length === 3) return [tokenLayout(value, maps, 1), tokenLayout(value, maps, 0)]
  if (value.shape.length !== 4) return []
  return [
    { features: 1, maps: () => value, lay: (_, response) => response },
    {
      features: 3,
      maps: () => ops.transpose(value, [0, 3, 1, 2]),
      lay: (graph, response) => graph.layer('graft.last').transpose(response, [0, 2, 3, 1]),
    },
  ]
}

/** How a value takes one more feature; undefined where its maps are made of it in another way than by an order of axes. */
export function jointAt(value: Value, maps: FeatureMaps): Joint | undefined {
  const [, channels, height, width] = maps.shape
  const found = maps.of(value)
  const layout = layoutsOf(value, maps).find(
    (one) => value.shape[one.features] === channels && one.maps() === found,
  )
  return layout && { value, grid: [height, width], features: layout.features, lay: layout.lay }
}
