import type { Layer, Model } from './model.ts'
import type { Value } from './graph/value.ts'

/** What leaves a block: a point that every path from the image to the logits passes. */
export interface BlockOutput {
  readonly block: string
  /** The layer that returns it. */
  readonly layer: string
  /** `[n, c, h, w]`, or `[n, c]` behind pooling and dense layers. */
  readonly value: Value
}

function isSpatial({ output: { shape } }: Layer): boolean {
  return shape.length === 4 && (Number(shape[2]) > 1 || Number(shape[3]) > 1)
}

/**
 * The outputs of a model's blocks in execution order. A block that ends in pooling over all places, or in flattening, is
 * taken before that, where its channels still are vectors at places.
 */
export function blockOutputs({ blocks }: Model): readonly BlockOutput[] {
  return blocks.map(({ name, layers }) => {
    const layer = layers.findLast(isSpatial) ?? (layers.at(-1) as Layer)
    return { block: name, layer: layer.name, value: layer.output }
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
