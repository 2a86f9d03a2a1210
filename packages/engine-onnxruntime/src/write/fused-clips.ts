import { isNode, type Node, type Value } from '@saliency/core'
import { readsOf } from '../passes/masks.ts'

/**
 * The clips that ONNX Runtime makes a part of the convolution before them, and so leaves in blocks of channels, in which a
 * processor computes: of the convolution, and of a batch norm between, nothing else is read.
 */
export function clipsInBlocks(nodes: readonly Node[], outputs: readonly Value[]): ReadonlySet<Value> {
  const readers = new Map<Value, number>()
  for (const value of [...nodes.flatMap(readsOf), ...outputs])
    readers.set(value, (readers.get(value) ?? 0) + 1)
  const isFused = (value: Value): boolean => {
    if (readers.get(value) !== 1) return false
    const { node } = value
    return node.op === 'Conv' || (isNode(node, 'BatchNormalization') && isFused(node.inputs[0] as Value))
  }
  const clips = nodes.filter((node) => isNode(node, 'Clip') && isFused(node.inputs[0] as Value))
  return new Set(clips.flatMap((clip) => clip.outputs))
}
