import type { ConvAttributes } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import { fixedDim, type Shape } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import { absorbedScales } from '../passes/absorbed-scales.ts'
import { flippedKernels } from '../passes/flipped-kernels.ts'
import { spread } from '../passes/spread-signals.ts'

/**
 * The input gradient of a convolution: the signal `[n, out, h', w']` carried back to `[n, in, h, w]`. Stride 1 is a
 * convolution with the flipped kernel, which engines run far faster than a transposed convolution; so they do if each channel
 * has a kernel of its own, with zeros between the rows and columns of the signal where the stride is larger.
 */
export function convInputGradient(
  ops: Ops,
  arrived: Value,
  weight: Value,
  attributes: ConvAttributes,
  input: Shape,
): Value {
  const { signal, kernel } = absorbedScales.rewrite(ops, { signal: arrived, kernel: weight })
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
  const isDepthwise = group === kernel.shape[0] && kernel.shape[1] === 1
  if ((isUnit || isDepthwise) && [...before, ...after].every((pad) => pad >= 0)) {
    const spaced = isUnit ? signal : spread(ops, signal, { strides, outputPadding: [0, 0] })
    return ops.conv(spaced, flippedKernels.rewrite(ops, kernel, group), undefined, {
      strides: [1, 1],
      pads: [before[0], before[1], after[0], after[1]],
      dilations,
      group,
    })
  }
  const missing = ([0, 1] as const).map(
    (axis) =>
      size[axis] -
      (strides[axis] * (output[axis] - 1) + reach[axis] + 1 - pads[axis] - pads[axis === 0 ? 2 : 3]),
  ) as [number, number]
  const isPixel =
    reach.every((size) => size === 0) && pads.every((pad) => pad === 0) && missing.every((gap) => gap >= 0)
  if (isPixel) {
    const onward = ops.conv(signal, flippedKernels.rewrite(ops, kernel, group), undefined, { group })
    return spread(ops, onward, { strides, outputPadding: missing })
  }
  const end = (axis: 0 | 1) => pads[axis === 0 ? 2 : 3] + Math.max(0, -missing[axis])
  return ops.convTranspose(signal, kernel, undefined, {
    strides,
    dilations,
    group,
    pads: [pads[0], pads[1], end(0), end(1)],
    outputPadding: [Math.max(0, missing[0]), Math.max(0, missing[1])],
  })
}
