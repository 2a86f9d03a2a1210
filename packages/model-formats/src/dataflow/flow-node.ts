/** A node of a source graph, as far as the flow of values goes: ONNX nodes are such, TensorFlow nodes are made so. */
export interface FlowNode {
  readonly name?: string
  readonly opType?: string
  /** Names of the values it reads; an empty one is left out. */
  readonly input?: readonly string[]
  /** Names of the values it makes. */
  readonly output?: readonly string[]
}

/** The nodes whose results depend on the image's values, and not only on its shape. */
export function liveNodes<N extends FlowNode>(nodes: readonly N[], image: string): ReadonlySet<N> {
  const live = new Set<N>()
  const names = new Set([image])
  for (const node of nodes) {
    if (node.opType === 'Shape' || node.opType === 'Size') continue
    if (!(node.input ?? []).some((name) => names.has(name))) continue
    live.add(node)
    for (const name of node.output ?? []) names.add(name)
  }
  return live
}

/** How often each value is read; outputs of the model count as read. */
export function countReaders(
  nodes: readonly FlowNode[],
  outputs: readonly string[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of [...nodes.flatMap((node) => node.input ?? []), ...outputs]) {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
