import type { AttributeProto, NodeProto, TensorProto } from '@saliency/onnx-proto'

/** Reads the attributes of one node. */
export interface AttributeReader {
  has(name: string): boolean
  integer(name: string, standard: number): number
  integers(name: string): readonly number[] | undefined
  float(name: string, standard: number): number
  floats(name: string): readonly number[] | undefined
  text(name: string, standard: string): string
  tensor(name: string): TensorProto | undefined
}

/** A reader over a node's attributes. */
export function readAttributes(node: NodeProto): AttributeReader {
  const byName = new Map<string, AttributeProto>(
    (node.attribute ?? []).map((item) => [item.name ?? '', item]),
  )
  const get = (name: string) => byName.get(name)
  return {
    has: (name) => byName.has(name),
    // protobuf leaves out zeros.
    integer: (name, standard) => (byName.has(name) ? (get(name)?.i ?? 0) : standard),
    integers: (name) => (byName.has(name) ? (get(name)?.ints ?? []) : undefined),
    float: (name, standard) => (byName.has(name) ? (get(name)?.f ?? 0) : standard),
    floats: (name) => (byName.has(name) ? (get(name)?.floats ?? []) : undefined),
    text: (name, standard) => (byName.has(name) ? (get(name)?.s ?? '') : standard),
    tensor: (name) => get(name)?.t,
  }
}
