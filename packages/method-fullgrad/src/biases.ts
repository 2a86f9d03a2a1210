import type { Model, Node, Ops, Value } from '@saliency/core'

/** The bias b of one layer, shaped to broadcast over the layer's output z. */
export interface Bias {
  /** z: `[n, c, h, w]`, or `[n, k]` behind a dense layer. */
  readonly output: Value
  readonly bias: Value
}

/** Lets a bias `[c]` broadcast over the channels (axis 1) of `output`. */
function overChannels(ops: Ops, bias: Value, output: Value): Value {
  return ops.reshape(bias, [...bias.shape, ...output.shape.slice(2).map(() => 1)])
}

/** Batch norm on its running statistics is z = s·x + b with b = β − μ·γ/√(σ² + ε): the implicit bias. */
function batchNormBias(ops: Ops, node: Node<'BatchNormalization'>): Value {
  const [, gamma, beta, mean, variance] = node.inputs as [Value, Value, Value, Value, Value]
  const deviation = ops.sqrt(ops.add(variance, node.attributes.epsilon))
  return ops.sub(beta, ops.mul(mean, ops.div(gamma, deviation)))
}

/** What a node adds to its data, if it adds anything; `isData` tells signals from parameters. */
function biasOf(ops: Ops, node: Node, isData: (value: Value) => boolean): Value | undefined {
  const [first, second, third] = node.inputs as [Value, Value, Value | undefined]
  const output = node.outputs[0] as Value
  switch (node.op) {
    case 'Conv':
    case 'ConvTranspose':
    case 'Gemm':
      return third && overChannels(ops, third, output)
    case 'BatchNormalization':
      return overChannels(ops, batchNormBias(ops, node as Node<'BatchNormalization'>), output)
    case 'Add':
      return isData(first) ? (isData(second) ? undefined : second) : first
    case 'Sub':
      return isData(first) ? (isData(second) ? undefined : ops.neg(second)) : first
    default:
      return undefined
  }
}

/** Every bias on the way to the logits, in execution order; a layer without one is left out. */
export function biasesOf(model: Model, ops: Ops): readonly Bias[] {
  const nodes = model.layers.flatMap((layer) => layer.nodes)
  const data = new Set<Node>([model.image.node, ...nodes])
  return nodes.flatMap((node) => {
    const bias = biasOf(ops, node, (value) => data.has(value.node))
    return bias ? [{ output: node.outputs[0] as Value, bias }] : []
  })
}
