import { fixedDim } from '@saliency/core'
import { kerasInitializers } from '../../default-initializers.ts'
import { inSourceOrder, asSourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { arrangeDense } from '../../weights/arrange-dense.ts'
import { isConstantEntry, single, type GraphImporter } from '../graph-call.ts'
import { finishFused } from './fused.ts'

/** A product with a weight is a dense layer; behind a flattened image, its kernel is permuted. */
const matMul = single((call) => {
  const { attributes, ops } = call
  if (attributes.boolean('transpose_a', false)) throw unsupported('a transposed left operand')
  const x = call.sourceValue(0)
  if (x.value.shape.length !== 2) throw unsupported(`a product of values of rank ${x.value.shape.length}`)
  const right = call.inputs[1]
  if (right && !isConstantEntry(right))
    return asSourceValue(ops.matMul(inSourceOrder(x, ops), inSourceOrder(right, ops)))
  const { flattened } = x
  const isOutFirst = attributes.boolean('transpose_b', false)
  if (isOutFirst && flattened) throw unsupported('a transposed kernel behind a flattened image')
  const weight = call.parameter(1, {
    role: 'kernel',
    arrangement: `${isOutFirst} ${JSON.stringify(flattened)}`,
    arrange: (stored) => (isOutFirst ? stored : arrangeDense(stored, flattened)),
    initializer: kerasInitializers.kernel,
  })
  return asSourceValue(
    finishFused(
      call,
      {
        size: fixedDim(weight.shape[0], 'The number of outputs'),
        build: (bias) => ops.gemm(x.value, weight, bias, { transB: true }),
      },
      [0, 1],
    ),
  )
})

/** Dense layers. */
export const productNodes: Readonly<Record<string, GraphImporter>> = { MatMul: matMul, _FusedMatMul: matMul }
