import type { ConvAttributes, OpName, Pads } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import { dependsOnInput } from '../graph/reach.ts'
import { fixedDim, sameShape, type Shape } from '../graph/shape.ts'
import { madeBy, type Value } from '../graph/value.ts'

/** Operators that work element by element, by which rules change weights. */
const elementwise = new Set<OpName>(['Relu', 'Neg', 'Abs', 'Min', 'Max', 'Add', 'Sub', 'Mul'])

/**
 * The kernel `[out, in/g, kh, kw]` turned for the way back: `[in, out/g, kh, kw]`, flipped in space. A kernel that a rule has
 * changed element by element, W⁺ or W · s, is made of turned ones: turning costs more than changing, and is done once for all.
 */
function flipKernel(ops: Ops, kernel: Value, group: number): Value {
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
  let turned = kernel
  if (group === 1) turned = ops.transpose(kernel, [1, 0, 2, 3])
  else if (out !== group || inner !== 1) {
    const split = ops.reshape(kernel, [group, out / group, inner, height, width])
    turned = ops.reshape(ops.transpose(split, [0, 2, 1, 3, 4]), [group * inner, out / group, height, width])
  }
  if (height === 1 && width === 1) return turned
  return ops.slice(turned, {
    axes: [2, 3],
    starts: [-1, -1],
    ends: [-height - 1, -width - 1],
    steps: [-1, -1],
  })
}

/**
 * A per-channel factor over parameters alone on the signal (a batch norm's scale) moves into the kernel, where the engine
 * folds it once.
 */
function absorbScale(ops: Ops, signal: Value, kernel: Value): { signal: Value; kernel: Value } {
  const product = madeBy(signal, 'Mul')
  const scale = product?.inputs.find((value) => !dependsOnInput(value))
  const rest = product?.inputs.find((value) => value !== scale)
  const channels = kernel.shape[0] as number
  const isPerChannel = scale && [`${channels},1,1`, `1,${channels},1,1`].includes(scale.shape.join())
  if (!isPerChannel || !rest || !sameShape(rest.shape, signal.shape)) return { signal, kernel }
  return { signal: rest, kernel: ops.mul(kernel, ops.reshape(scale, [channels, 1, 1, 1])) }
}

/**
 * The input gradient of a convolution: the signal `[n, out, h', w']` carried back to `[n, in, h, w]`. Stride 1 is a
 * convolution with the flipped kernel, which engines run far faster than a transposed convolution.
 */
export function convInputGradient(
  ops: Ops,
  arrived: Value,
  weight: Value,
  attributes: ConvAttributes,
  input: Shape,
): Value {
  const { signal, kernel } = absorbScale(ops, arrived, weight)
  const { strides, pads, dilations, group } = attributes
  const size = [fixedDim(input[2], 'The height'), fixedDim(input[3], 'The width')] as const
  const output = [fixedDim(signal.shape[2], 'The height'), fixedDim(signal.shape[3], 'The width')] as const
  const reach = ([0, 1] as const).map(
    (axis) => dilations[axis] * (fixedDim(kernel.shape[axis + 2], 'A kernel size') - 1),
  ) as [number, number]
  const before = [reach[0] - pads[0], reach[1] - pads[1]] as const
  // What a full correlation would leave beyond the image is cut, so rows no window reached get zero.
  const after = ([0, 1] as const).map(
    (axis) => size[axis] - (strides[axis] * (output[axis] - 1) + 1) + reach[axis] - before[axis],
  ) as [number, number]
  const isUnit = strides[0] === 1 && strides[1] === 1
  if (isUnit && before.every((pad) => pad >= 0) && after.every((pad) => pad >= 0)) {
    const turned: Pads = [before[0], before[1], after[0], after[1]]
    return ops.conv(signal, flipKernel(ops, kernel, group), undefined, {
      strides: [1, 1],
      pads: turned,
      dilations,
      group,
    })
  }
  const missing = ([0, 1] as const).map(
    (axis) =>
      size[axis] -
      (strides[axis] * (output[axis] - 1) + reach[axis] + 1 - pads[axis] - pads[axis === 0 ? 2 : 3]),
  ) as [number, number]
  const end = (axis: 0 | 1) => pads[axis === 0 ? 2 : 3] + Math.max(0, -missing[axis])
  return ops.convTranspose(signal, kernel, undefined, {
    strides,
    dilations,
    group,
    pads: [pads[0], pads[1], end(0), end(1)],
    outputPadding: [Math.max(0, missing[0]), Math.max(0, missing[1])],
  })
}
