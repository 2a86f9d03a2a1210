import { fixedDim, type Pads, type Pair, type Value } from '@saliency/core'

/** Window settings that decide how much TensorFlow pads. */
export interface WindowSettings {
  readonly kernel: Pair
  readonly strides: Pair
  readonly dilations: Pair
}

/** `[height, width]` of an image value. */
export function imageSize(value: Value): Pair {
  return [fixedDim(value.shape[2], 'The height'), fixedDim(value.shape[3], 'The width')]
}

/**
 * TensorFlow's SAME padding: the output has ⌈size / stride⌉ positions, and an odd pixel of padding goes to the bottom and
 * right (`upper`), or to the top and left (`lower`, ONNX's SAME_LOWER).
 */
export function samePads(
  size: Pair,
  { kernel, strides, dilations }: WindowSettings,
  odd: 'upper' | 'lower' = 'upper',
): Pads {
  const [top, bottom] = alongAxis(0)
  const [left, right] = alongAxis(1)
  return [top, left, bottom, right]

  function alongAxis(axis: 0 | 1): Pair {
    const positions = Math.ceil(size[axis] / strides[axis])
    const reach = (kernel[axis] - 1) * dilations[axis] + 1
    const total = Math.max((positions - 1) * strides[axis] + reach - size[axis], 0)
    const small = Math.floor(total / 2)
    return odd === 'upper' ? [small, total - small] : [total - small, small]
  }
}
