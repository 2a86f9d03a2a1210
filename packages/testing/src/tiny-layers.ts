import type { ConvAttributes, Graph, Value } from '@saliency/core'

/** How a convolution of a tiny network differs from 3×3 with SAME padding. */
export interface ConvSettings extends Partial<ConvAttributes> {
  readonly kernel?: number
  readonly bias?: boolean
}

/** Builders of named layers with their parameters. */
export interface Layers {
  conv(name: string, x: Value, channels: number, settings?: ConvSettings): Value
  dense(name: string, x: Value, units: number): Value
  batchNorm(name: string, x: Value): Value
  relu(name: string, x: Value): Value
  relu6(name: string, x: Value): Value
  add(name: string, a: Value, b: Value): Value
  concat(name: string, a: Value, b: Value): Value
  maxPool(name: string, x: Value): Value
  averagePool(name: string, x: Value): Value
  globalAverage(name: string, x: Value): Value
  flatten(name: string, x: Value): Value
}

const pool = { kernel: [2, 2], strides: [2, 2] } as const
const batchNormEpsilon = 1e-3

/** Layer builders over a graph; a layer's parameters are called `layer/role`. */
export function layersOf(graph: Graph): Layers {
  return {
    conv(name, x, channels, { kernel = 3, bias = true, ...attributes } = {}) {
      const ops = graph.layer(name)
      const inner = Number(x.shape[1]) / (attributes.group ?? 1)
      const pad = (kernel - 1) / 2
      const weight = ops.parameter(`${name}/kernel`, [channels, inner, kernel, kernel], 'kernel')
      const b = bias ? ops.parameter(`${name}/bias`, [channels], 'bias') : undefined
      return ops.conv(x, weight, b, { pads: [pad, pad, pad, pad], ...attributes })
    },
    dense(name, x, units) {
      const ops = graph.layer(name)
      const weight = ops.parameter(`${name}/kernel`, [Number(x.shape[1]), units], 'kernel')
      return ops.gemm(x, weight, ops.parameter(`${name}/bias`, [units], 'bias'))
    },
    batchNorm(name, x) {
      const ops = graph.layer(name)
      const [gamma, beta, mean, variance] = (['gamma', 'beta', 'mean', 'variance'] as const).map((role) =>
        ops.parameter(`${name}/${role}`, [Number(x.shape[1])], role),
      ) as [Value, Value, Value, Value]
      return ops.batchNormalization(x, gamma, beta, mean, variance, batchNormEpsilon)
    },
    relu: (name, x) => graph.layer(name).relu(x),
    relu6: (name, x) => graph.layer(name).clip(x, 0, 6),
    add: (name, a, b) => graph.layer(name).add(a, b),
    concat: (name, a, b) => graph.layer(name).concat([a, b], 1),
    maxPool: (name, x) => graph.layer(name).maxPool(x, pool),
    averagePool: (name, x) => graph.layer(name).averagePool(x, pool),
    globalAverage: (name, x) => graph.layer(name).globalAveragePool(x),
    flatten: (name, x) => graph.layer(name).flatten(x),
  }
}
