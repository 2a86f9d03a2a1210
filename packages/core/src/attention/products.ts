import type { OpName } from '../graph/operators.ts'
import { dataInputs } from '../graph/reach.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'

/** A matrix product with its operands named: `rows` × `columns`, both summed over what they share. */
export interface Product {
  readonly node: Node<'MatMul'>
  /** Of the two operands, the one that holds the axis asked for. */
  readonly side: 0 | 1
  /** Whether heads were mixed on the way. */
  readonly mixesHeads: boolean
}

/** What may stand between the scores and their product, or the softmax and its: operators of one signal that keep keys apart. */
const passed = new Set<OpName>([
  'Reshape',
  'Transpose',
  'Cast',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Where',
  'Max',
  'Min',
  'Clip',
  'Tanh',
  'Expand',
])

/** The product of a softmax and its values at the most so many operators away. */
const FURTHEST = 12

const signals = (node: Node) => dataInputs(node).map(({ value }) => value)

/** A linear map of the heads, applied to each score by itself (talking heads): a square matrix, or a 1×1 convolution. */
function mixesHeads(node: Node): boolean {
  if (isNode(node, 'Conv')) return node.inputs[1]?.shape.slice(2).every((dim) => dim === 1) ?? false
  const weight = node.inputs[1]
  return isNode(node, 'MatMul') && weight?.shape.length === 2 && weight.shape[0] === weight.shape[1]
}

/** Where an axis, counted from the end, is in front of a node; undefined where it does not stay an axis. */
function axisBefore(node: Node, axis: number): number | undefined {
  const [output, from] = [node.outputs[0] as Value, signals(node)[0] as Value]
  if (isNode(node, 'Transpose')) {
    const { perm } = node.attributes
    return (perm[perm.length + axis] as number) - perm.length
  }
  if (!isNode(node, 'Reshape')) return axis
  const behind = ({ shape }: Value) => shape.slice(axis).join()
  return behind(output) === behind(from) ? axis : undefined
}

/** The product that a softmax's input comes from, `queries · keysᵀ`; `side` is that of the keys. */
export function scoresProduct(softmax: Node<'Softmax'>): Product | undefined {
  let value = softmax.inputs[0] as Value
  let axis: number | undefined = softmax.attributes.axis - value.shape.length
  for (let mixes = false; axis !== undefined;) {
    const { node } = value
    const from = signals(node)
    const isMixed = from.length === 1 && mixesHeads(node) && axis !== -1
    if (isNode(node, 'MatMul') && !isMixed) {
      return axis < -2 ? undefined : { node, side: axis === -1 ? 1 : 0, mixesHeads: mixes }
    }
    if (from.length !== 1 || !(isMixed || passed.has(node.op))) return undefined
    axis = axisBefore(node, axis)
    mixes ||= isMixed
    value = from[0] as Value
  }
  return undefined
}

/** The product in which a softmax weights its values; `side` is that of the values. */
export function valuesProduct(
  softmax: Node<'Softmax'>,
  readers: ReadonlyMap<Node, readonly Node[]>,
): Product | undefined {
  let open = [{ node: softmax as Node, mixes: false }]
  for (let steps = 0; steps < FURTHEST; steps++) {
    const next: typeof open = []
    for (const { node, mixes } of open) {
      for (const reader of readers.get(node) ?? []) {
        const from = signals(reader)
        if (isNode(reader, 'MatMul') && from.length === 2) {
          return { node: reader, side: from[0]?.node === node ? 1 : 0, mixesHeads: mixes }
        }
        const isMixed = from.length === 1 && mixesHeads(reader)
        if (isMixed || passed.has(reader.op)) next.push({ node: reader, mixes: mixes || isMixed })
      }
    }
    open = next
  }
  return undefined
}
