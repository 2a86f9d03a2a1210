import type { Model, Value } from '@saliency/core'
import type { Term } from './contributions.ts'

const ofPixels = new Set(['Conv', 'ConvTranspose', 'BatchNormalization'])

/** One number a channel, as behind a global pool: it counts everywhere alike. */
const isPooled = ({ shape }: Value) => shape.length === 4 && shape[2] === 1 && shape[3] === 1

/**
 * A term as `[n, c, h, w]`, whatever order the network keeps its axes in; places of tokens that are none of the image are left
 * out. Undefined where it has no place in a map: behind the pool, in windows and heads, or summed over an image.
 */
export function placed(model: Model, { value, at }: Term): Value | undefined {
  if (value.shape.join() !== at.shape.join() || at.shape[0] !== model.image.shape[0]) return undefined
  const maps = model.mapsOf(at)
  if (maps) return maps.of(value)
  const isImage = at === model.image || isPooled(at) || ofPixels.has(at.node.op)
  return isImage && at.shape.length === 4 ? value : undefined
}
