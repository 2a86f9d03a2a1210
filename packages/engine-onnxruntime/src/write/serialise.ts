import type { Node, OpName, Operators, Value } from '@saliency/core'
import type { AttributeValues, Writer } from './writer.ts'

/** Writes one node of the graph as ONNX nodes. */
export type Serialise<K extends OpName> = (node: Node<K>, writer: Writer) => void

/** An operator that ONNX has under the same name, with these attributes. */
export function plain<K extends OpName>(
  attributes: (attributes: Operators[K]) => AttributeValues = () => ({}),
): Serialise<K> {
  return (node, writer) => writer.emit(node, { attributes: attributes(node.attributes) })
}

/** The name of the node's `index`-th input. */
export function inputName(node: Node, index: number, writer: Writer): string {
  return writer.name(node.inputs[index] as Value)
}

/** An operator whose attributes ONNX takes as further inputs. */
export function withInputs<K extends OpName>(
  inputs: (attributes: Operators[K], writer: Writer) => readonly string[],
  attributes: (attributes: Operators[K]) => AttributeValues = () => ({}),
): Serialise<K> {
  return (node, writer) =>
    writer.emit(node, {
      inputs: [...node.inputs.map((value) => writer.name(value)), ...inputs(node.attributes, writer)],
      attributes: attributes(node.attributes),
    })
}
