import { fixedDim, type Ops, type Value } from '@saliency/core'

/**
 * A value of a channels-last source in the channels-first graph. Images lie in the graph as `[n, c, h, w]`, so what the
 * source calls axis 3 is axis 1 here.
 */
export interface SourceValue {
  readonly value: Value
  /** `axes[i]` is the graph's axis for the source's axis `i`. */
  readonly axes: readonly number[]
  /** Set on `[n, c·h·w]` that the source flattened as h·w·c: the kernel of a dense layer behind it is permuted instead. */
  readonly flattened?: Flattened
}

/** The image that was flattened. */
export interface Flattened {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** Where a channels-last source's `[n, h, w, c]` lies in `[n, c, h, w]`. */
export const channelsLast: readonly number[] = [0, 2, 3, 1]

/** Where a channels-first source's `[n, c, h, w]` lies: as it is. */
export const channelsFirst: readonly number[] = [0, 1, 2, 3]

/** A value as layers return it: images channels-last in the source, everything else in the source's own order. */
export function asSourceValue(value: Value): SourceValue {
  return { value, axes: value.shape.length === 4 ? channelsLast : value.shape.map((_, axis) => axis) }
}

/** The same placement with another value of the same rank. */
export function like(source: SourceValue, value: Value): SourceValue {
  return { ...source, value }
}

/** True where the graph holds the value in the source's order. */
export function isSourceOrder({ axes, flattened }: SourceValue): boolean {
  return flattened === undefined && axes.every((axis, index) => axis === index)
}

/** The value with its axes, and its flattened image, in the source's order. */
export function inSourceOrder(source: SourceValue, ops: Ops): Value {
  const { value, axes, flattened } = source
  if (flattened) {
    const { channels, height, width } = flattened
    const [batch = 'n'] = value.shape
    // [n, c·h·w] → [n, c, h, w] → [n, h, w, c] → [n, h·w·c]
    const image = ops.reshape(value, [batch, channels, height, width])
    return ops.flatten(ops.transpose(image, channelsLast))
  }
  return isSourceOrder(source) ? value : ops.transpose(value, axes)
}

/** The inverse of {@link inSourceOrder} for results of layers that work in the source's order. */
export function fromSourceOrder(value: Value, ops: Ops): SourceValue {
  return value.shape.length === 4 ? asSourceValue(ops.transpose(value, [0, 3, 1, 2])) : asSourceValue(value)
}

/** The value, lying as `axes` say: an image whose channels come first, before a layer that has them last, and the other way round. */
export function layAs(source: SourceValue, axes: readonly number[], ops: Ops): SourceValue {
  if (source.axes.length !== axes.length || source.axes.every((axis, index) => axis === axes[index]))
    return source
  const value = inSourceOrder(source, ops)
  const order = axes.map((_, axis) => axes.indexOf(axis))
  return { value: order.every((axis, index) => axis === index) ? value : ops.transpose(value, order), axes }
}

/** Flattens an image as c·h·w and remembers where the source means h·w·c. */
export function flattenSource(source: SourceValue, ops: Ops): SourceValue {
  const { value } = source
  if (value.shape.length === 2) return { ...source, value: ops.flatten(value) }
  const flat = asSourceValue(ops.flatten(value))
  if (value.shape.length !== 4 || isSourceOrder(source)) return flat
  const [channels, height, width] = value.shape.slice(1).map((dim) => fixedDim(dim, 'A size')) as [
    number,
    number,
    number,
  ]
  return height * width === 1 || channels === 1 ? flat : { ...flat, flattened: { channels, height, width } }
}
