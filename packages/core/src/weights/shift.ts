import { SaliencyError } from '../errors.ts'
import type { Operators } from '../graph/operators.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import type { Model } from '../model.ts'
import { tensor, type Weights } from '../tensor.ts'

type FirstNode = Node<'Conv'> | Node<'Gemm'>

const parameterOf = (value: Value | undefined): Operators['Parameter'] | undefined =>
  value && isNode(value.node, 'Parameter') ? value.node.attributes : undefined

/** The operator of the first linear layer, if it reads the image itself. */
function firstNode({ image, firstLinear, name }: Model): FirstNode {
  const node = firstLinear.nodes.find(
    (each): each is FirstNode => isNode(each, 'Conv') || isNode(each, 'Gemm'),
  )
  if (node?.inputs[0] === image) return node
  throw new SaliencyError(
    'INVALID_MODEL',
    `${name}: a shift of the input cannot be compensated, because layer '${firstLinear.name}' does not read the image itself.`,
  )
}

/** How much each output of the first layer grows when every pixel grows by 1: the sum of its kernel. */
function kernelSums(node: FirstNode, weights: Weights): Float32Array {
  const kernel = weights.get(parameterOf(node.inputs[1])?.name ?? '')
  if (!kernel) throw new Error('internal: the first layer has no kernel of its own')
  const isColumns = isNode(node, 'Gemm') && !node.attributes.transB
  const outputs = (isColumns ? kernel.shape[1] : kernel.shape[0]) ?? 1
  const size = kernel.data.length / outputs
  const sums = new Float32Array(outputs)
  for (const [at, value] of kernel.data.entries()) {
    const output = isColumns ? at % outputs : Math.floor(at / size)
    sums[output] = (sums[output] as number) + value
  }
  return sums
}

/**
 * Weights under which the network predicts for `x + amount` what it predicted for `x`: the first layer's bias, or the mean
 * of the batch norm behind it, takes the shift back (Kindermans et al. 2017, section 2, arXiv:1711.00867). Beside a
 * zero-padded border a window sees less of the shift, so there the compensation is not exact.
 * @throws INVALID_MODEL when the first layer does not read the image, or has neither bias nor batch norm.
 */
export function compensateShift(model: Model, weights: Weights, amount: number): Weights {
  const node = firstNode(model)
  const bias = parameterOf(node.inputs[2])
  const norm = model.graph.nodes.find(
    (each) => isNode(each, 'BatchNormalization') && each.inputs[0] === node.outputs[0],
  )
  const target = bias ?? parameterOf(norm?.inputs[3])
  const old = weights.get(target?.name ?? '')
  if (!target || !old) {
    throw new SaliencyError(
      'INVALID_MODEL',
      `${model.name}: a shift of the input cannot be compensated, because layer '${model.firstLinear.name}' has neither a bias nor batch norm behind it.`,
    )
  }
  const sign = bias ? -1 : 1
  const sums = kernelSums(node, weights)
  const data = old.data.map((value, index) => value + sign * amount * (sums[index] as number))
  return new Map(weights).set(target.name, tensor(data, old.shape))
}
