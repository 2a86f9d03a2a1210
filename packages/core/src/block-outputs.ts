import type { FeatureMaps } from './layout/feature-maps.ts'
import type { Layer, Model } from './model.ts'
import type { Value } from './graph/value.ts'

/** What leaves a block: a point that every path from the image to the logits passes. */
export interface BlockOutput {
  readonly block: string
  /** The layer that returns it. */
  readonly layer: string
  /** `[n, c, h, w]`, in the network's order of axes, or `[n, c]` behind pooling and dense layers. */
  readonly value: Value
  /** How the value is read as feature maps, where it is an image. */
  readonly maps?: FeatureMaps
}

/**
 * The outputs of a model's blocks in execution order. A block that ends in pooling over all places, or in flattening, is
 * taken before that, where its channels still are vectors at places.
 */
export function blockOutputs({ blocks }: Model): readonly BlockOutput[] {
  return blocks.map(({ name, layers }) => {
    const layer = layers.findLast(({ maps }) => maps) ?? (layers.at(-1) as Layer)
    return { block: name, layer: layer.name, value: layer.output, ...(layer.maps && { maps: layer.maps }) }
  })
}

/** Root mean square of the activations at the end of every block, `[n, blocks]`. */
export function activationScales(model: Model): Value {
  const { ops } = model.graph
  const scales = blockOutputs(model).map(({ value }) => {
    const axes = value.shape.map((_, axis) => axis).slice(1)
    return ops.reshape(ops.sqrt(ops.reduceMean(ops.mul(value, value), { axes })), ['n', 1])
  })
  return ops.concat(scales, 1)
}
