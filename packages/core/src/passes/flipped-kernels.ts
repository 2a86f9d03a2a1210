import type { OpName } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import { fixedDim } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import type { Pass } from './pass.ts'

/** Operators that work element by element, by which rules change weights. */
const elementwise = new Set<OpName>(['Relu', 'Neg', 'Abs', 'Min', 'Max', 'Add', 'Sub', 'Mul'])

/** Turned kernels: every walk that passes a layer asks again. */
const turned = new WeakMap<Value, { readonly group: number; readonly kernel: Value }>()

/**
 * The kernel `[out, in/g, kh, kw]` turned for the way back: `[in, out/g, kh, kw]`, flipped in space. A kernel that a rule has
 * changed element by element, W⁺ or W · s, is made of turned ones: turning costs more than changing, and is done once for all.
 */
function flipKernel(ops: Ops, kernel: Value, group: number): Value {
  const known = turned.get(kernel)
  if (known?.group === group) return known.kernel
  const flipped = flippedAnew(ops, kernel, group)
  turned.set(kernel, { group, kernel: flipped })
  return flipped
}

function flippedAnew(ops: Ops, kernel: Value, group: number): Value {
  const { op, inputs, attributes } = kernel.node
  const isMade = group === 1 && elementwise.has(op)
  if (!isMade || inputs.some(({ shape }) => shape.length !== 4 && shape.length !== 0)) {
    return turnKernel(ops, kernel, group)
  }
  const parts = inputs.map((part) => (part.shape.length === 0 ? part : flipKernel(ops, part, group)))
  return kernel.graph.build(op, parts, attributes)[0] as Value
}

function turnKernel(ops: Ops, kernel: Value, group: number): Value {
  const [out, inner, height, width] = kernel.shape.map((dim) => fixedDim(dim, 'A kernel size')) as [
    number,
    number,
    number,
    number,
  ]
  let exchanged = kernel
  if (group === 1) exchanged = ops.transpose(kernel, [1, 0, 2, 3])
  else if (out !== group || inner !== 1) {
    const split = ops.reshape(kernel, [group, out / group, inner, height, width])
    exchanged = ops.reshape(ops.transpose(split, [0, 2, 1, 3, 4]), [
      group * inner,
      out / group,
      height,
      width,
    ])
  }
  if (height === 1 && width === 1) return exchanged
  return ops.slice(exchanged, {
    axes: [2, 3],
    starts: [-1, -1],
    ends: [-height - 1, -width - 1],
    steps: [-1, -1],
  })
}

/** Turns the kernel under a convolution, so that its way back is a convolution too. */
export const flippedKernels: Pass<typeof flipKernel> = {
  name: 'flipped-kernels',
  when: 'backward',
  does: 'The kernel of a convolution of stride 1 is turned and flipped, so that its way back is a convolution too; a kernel that a rule changed, W⁺ or W · s, is made of turned ones, so that W is turned once for all.',
  needs:
    'The way back reads no more than the padding allows. A changed kernel is made of turned ones only if it has one group and each of its parts is a kernel or a number.',
  rewrite: flipKernel,
}
