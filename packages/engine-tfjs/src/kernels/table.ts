import type { OpName, Operators } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { shapeOf, type Call, type Kernel } from '../kernel.ts'
import { conv } from './convolution.ts'
import { dense } from './dense.ts'
import { elementwise } from './elementwise.ts'
import { finiteComparison, mask } from './fused.ts'
import { pooling } from './pooling.ts'
import { reductions } from './reductions.ts'
import { resize } from './resize.ts'
import { shaping } from './shape.ts'
import { convTranspose } from './transposed-convolution.ts'

/** Leaves whose values come from outside the graph. */
export type Fed = 'Input' | 'Parameter'

function constant({ dtype, data, shape }: Operators['Constant']): tf.Tensor {
  const type = dtype === 'int64' ? 'int32' : dtype
  return tf.tensor([...data], [...shape], type)
}

/** Every operator of the graph; one that is missing here does not compile. */
const kernels: { [K in Exclude<OpName, Fed>]: Kernel<K> } = {
  Constant: (call) => [{ tensor: constant(call.attributes) }],
  Fill: (call) => [{ tensor: tf.fill([...shapeOf(call)], call.attributes.value) }],
  ...elementwise,
  ...reductions,
  ...dense,
  ...pooling,
  ...shaping,
  Conv: conv,
  ConvTranspose: convTranspose,
  Resize: resize,
}

/** Runs a call's pattern, or the kernel of its operator. */
export function compute(call: Call): ReturnType<Kernel<OpName>> {
  if (call.form === 'mask') return mask(call)
  if (call.form === 'finite-comparison') return finiteComparison(call)
  if (call.node.op === 'Input' || call.node.op === 'Parameter')
    throw new Error('internal: a leaf has no kernel')
  return (kernels[call.node.op] as Kernel<OpName>)(call)
}
