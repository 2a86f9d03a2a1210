import { isNode, type Node, type OpName, type Value } from '@saliency/core'
import { elementwise } from './elementwise.ts'
import { layers } from './layers.ts'
import type { Serialise } from './serialise.ts'
import { shapes } from './shapes.ts'
import type { Writer } from './writer.ts'

/** Inputs and parameters are declared by the model, not computed. */
const declared = () => {}

/** Every operator of the graph in ONNX: a missing one does not compile. */
const table: { readonly [K in OpName]: Serialise<K> } = {
  Input: declared,
  Parameter: declared,
  Constant: (node, writer) => {
    const { dtype, shape, data } = node.attributes
    writer.initialize(writer.name(node.outputs[0] as Value), dtype, shape, data)
  },
  ...elementwise,
  ...layers,
  ...shapes,
}

/** Writes one node. */
export function serialise<K extends OpName>(node: Node<K>, writer: Writer): void {
  table[node.op](node, writer)
}

/** Whether a node is declared by the model instead of being computed. */
export function isLeaf(node: Node): boolean {
  return isNode(node, 'Input') || isNode(node, 'Parameter') || isNode(node, 'Constant')
}
