import { isNode, type Node } from '../graph/value.ts'
import { mergedBatchNorms } from '../passes/merged-batch-norms.ts'
import { mergedBiases } from '../passes/merged-biases.ts'
import type { MergedLayer } from './weighted-layer.ts'

/** What a backward walk is to treat as one linear operator with the layer before it. */
export interface Merging {
  readonly biases: boolean
  readonly batchNorm: boolean
}

/** The layer that `node`, a sum or a batch norm behind it, is part of; undefined where it stands for itself. */
export function mergedLayer(node: Node, merging: Merging): MergedLayer | undefined {
  if (isNode(node, 'BatchNormalization'))
    return merging.batchNorm ? mergedBatchNorms.rewrite(node, merging) : undefined
  return merging.biases ? mergedBiases.rewrite(node) : undefined
}
