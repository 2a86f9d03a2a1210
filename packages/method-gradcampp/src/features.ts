import type { Ops, Value } from '@saliency/core'

/** The activations A of the target layer and their gradient g = ∂y/∂A, both `[n, k, h', w']`. */
export interface Features {
  readonly A: Value
  readonly g: Value
  readonly ops: Ops
}
