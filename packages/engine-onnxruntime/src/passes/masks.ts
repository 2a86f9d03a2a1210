import { isNode, madeBy, type Node, type Pass, type Value } from '@saliency/core'

/** 1[slope · (x − limit) > 0], or ≥, as numbers: clip(slope · x + offset, 0, 1). */
export interface Mask {
  readonly x: Value
  readonly slope: number
  readonly offset: number
}

/** So steep that every number above 0, but for the last denormal ones, gives 1. */
export const steepest = 3.4e38

/** The largest power of two that does not overflow times the limit: products with it are exact, and so is the difference near the limit. */
const steepAt = (limit: number) => 2 ** (126 - Math.max(0, Math.ceil(Math.log2(Math.abs(limit)))))

/** Which side of the limit a comparison holds on. */
const sides: Readonly<Record<string, 1 | -1>> = { Greater: 1, GreaterOrEqual: 1, Less: -1 }

/** The number that all of a constant is. */
function numberOf(value: Value): number | undefined {
  const data = madeBy(value, 'Constant')?.attributes.data
  const only = data?.length === 1 ? data[0] : madeBy(value, 'Fill')?.attributes.value
  // What is written is a float32, and the limit of the comparison is that.
  return only === undefined ? undefined : Math.fround(only)
}

function sideOf(comparison: Node): Mask | undefined {
  const side = sides[comparison.op]
  if (side === undefined) return undefined
  const [x, bound] = comparison.inputs as readonly [Value, Value]
  const limit = numberOf(bound)
  if (x.dtype !== 'float32' || limit === undefined || !Number.isFinite(limit)) return undefined
  if (comparison.op === 'GreaterOrEqual') return limit === 0 ? { x, slope: steepest, offset: 1 } : undefined
  if (limit === 0) return { x, slope: side * steepest, offset: 0 }
  const slope = side * steepAt(limit)
  return { x, slope, offset: -slope * limit }
}

/** The factors of a mask: one side, or both of an interval. */
function masksOf(node: Node): readonly Mask[] | undefined {
  const comparison = isNode(node, 'Cast') && node.attributes.to === 'float32' && node.inputs[0]?.node
  if (!comparison) return undefined
  const parts = comparison.op === 'And' ? comparison.inputs.map((input) => input.node) : [comparison]
  const found = parts.map(sideOf)
  return found.every((mask) => mask !== undefined) ? found : undefined
}

/** 1[0 < y < limit] of what was clipped to these bounds, `[n, channels, h, w]`. */
export interface Interval {
  readonly y: Value
  readonly limit: number
  readonly channels: number
}

/** The mask of a ReLU6, if that is what a cast is. */
export function intervalOf(node: Node): Interval | undefined {
  const [low, high] = masksOf(node) ?? []
  const clip = low && high && high.x === low.x && madeBy(low.x, 'Clip')
  const channels = clip && clip.outputs[0]?.shape.length === 4 && clip.outputs[0].shape[1]
  if (!clip || typeof channels !== 'number') return undefined
  const limit = Math.fround(clip.attributes.maximum)
  // Beyond these, powers of two near the limit would not be numbers of 32 bits.
  if (clip.attributes.minimum !== 0 || !(limit > 1e-30 && limit < 1e30)) return undefined
  const isOwn = low.slope > 0 && low.offset === 0 && high.slope < 0 && high.offset === -high.slope * limit
  return isOwn ? { y: low.x, limit, channels } : undefined
}

/** Writes the mask of a ReLU's way back, or of a ReLU6's, as operators that ONNX Runtime computes quickly. */
export const masks: Pass<typeof masksOf> = {
  name: 'masks',
  when: 'engine',
  does: 'The cast of a comparison with a constant, which is the mask of every ReLU on the way back, becomes one steep hard sigmoid, and two of them multiplied where a number is to lie between two constants, as in ReLU6. A hard sigmoid takes a third of the time, because ONNX Runtime compares into an array of booleans on one thread. On a processor, the mask of a ReLU6 that is part of a convolution is one hard sigmoid of the distance to the nearer bound.',
  needs:
    'Numbers are compared by >, < or, with zero, ≥, and the result, or two of them joined by *and*, is cast to numbers.',
  rewrite: masksOf,
}

/** What a node reads in the form in which it is written. */
export function readsOf(node: Node): readonly Value[] {
  return masksOf(node)?.map(({ x }) => x) ?? node.inputs
}
