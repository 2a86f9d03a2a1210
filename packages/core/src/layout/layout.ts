import type { Node, Value } from '../graph/value.ts'
import { axesOf } from './axes-of.ts'
import type { Axis } from './axis.ts'
import { featureMaps, type FeatureMaps } from './feature-maps.ts'
import { readOutOf } from './read-out.ts'
import { scaleBlindNodes } from './scale-blind.ts'

/** What the axes of a model's values count, and so what is an image. */
export interface Layout {
  readonly axes: ReadonlyMap<Node, readonly Axis[]>
  /** How a value is read as feature maps; undefined where it is no image. */
  mapsOf(value: Value): FeatureMaps | undefined
}

/** Looks through a model's nodes, in order of execution. */
export function layoutOf(nodes: readonly Node[]): Layout {
  const axes = axesOf(nodes)
  const readOut = readOutOf(nodes, axes)
  const blind = scaleBlindNodes(nodes, axes, readOut)
  return {
    axes,
    mapsOf: ({ node, shape }) =>
      featureMaps(axes.get(node) ?? [], shape, {
        isRead: readOut.isRead(node),
        isScaleBlind: blind.has(node),
      }),
  }
}
