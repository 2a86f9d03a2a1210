import type { Value } from '@saliency/core'
import type { ConstantTensor } from './constant/constant-tensor.ts'

/** A convolution or matrix product that a following addition of a vector completes with its bias. */
export interface Product {
  /** Length of the bias. */
  readonly size: number
  /** Makes the whole layer under the product's own name. */
  withBias(bias: ConstantTensor): Value
}
