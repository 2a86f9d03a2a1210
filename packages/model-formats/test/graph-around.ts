import {
  graphModel,
  operation,
  weight,
  whole,
  type GraphModelJson,
  type GraphNodeJson,
  type GraphWeight,
} from './graph-model.ts'

/** Attributes of a convolution that keeps the image's size. */
export const window: Readonly<Record<string, string | readonly number[]>> = {
  strides: [1, 1, 1, 1],
  dilations: [1, 1, 1, 1],
  padding: 'SAME',
  data_format: 'NHWC',
}
/** A convolution with a bias: `image` to `x`. */
export const stem: readonly GraphNodeJson[] = [
  operation('Conv2D', 'stem/conv', ['image', 'stem/kernel'], window),
  operation('BiasAdd', 'x', ['stem/conv', 'stem/bias']),
]
export const stemWeights: readonly GraphWeight[] = [
  weight('stem/kernel', [3, 3, 3, 4]),
  weight('stem/bias', [4]),
]

/** Nodes that read the image `x [n, 9, 7, 4]` and end in `y`, then a flattened dense layer. */
export function around(
  nodes: readonly GraphNodeJson[],
  weights: readonly GraphWeight[] = [],
  features = 252,
): GraphModelJson {
  return graphModel(
    [
      ...stem,
      ...nodes,
      operation('Reshape', 'flat', ['y', 'flat/shape']),
      operation('MatMul', 'head/product', ['flat', 'head/kernel'], {
        transpose_a: false,
        transpose_b: false,
      }),
      operation('BiasAdd', 'scores', ['head/product', 'head/bias']),
    ],
    [
      ...stemWeights,
      weight('head/kernel', [features, 3]),
      weight('head/bias', [3]),
      whole('flat/shape', [-1, features]),
      ...weights,
    ],
  )
}
