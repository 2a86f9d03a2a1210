import { SaliencyError, type Ops, type Value } from '@saliency/core'
import type { Bounds } from './modify.ts'

/** The range of every channel after preprocessing. */
export interface PixelRange {
  readonly low: readonly number[]
  readonly high: readonly number[]
}

function parse(option: string, text: string, channels: number): readonly number[] {
  const values = text.split(',').map((word) => Number(word.trim() === '' ? Number.NaN : word))
  const fits = values.length === 1 || values.length === channels
  if (fits && values.every(Number.isFinite)) return values
  const many = channels > 1 ? `, or ${channels} separated by commas (one a channel)` : ''
  throw new SaliencyError(
    'INVALID_OPTION',
    `lrp: option '${option}' is '${text}'; it takes one number${many}, in preprocessed units.`,
  )
}

/** A dense layer that reads the image has lost its channels: the widest range covers all of them. */
function withoutChannels(name: 'low' | 'high', values: readonly number[]): readonly number[] {
  return [name === 'low' ? Math.min(...values) : Math.max(...values)]
}

/**
 * The bounds of the box rule from the options `low` and `high`: one number or one a channel, after preprocessing. An empty
 * text takes the range `known` of the model's preprocessing, and without one each image's own minimum or maximum.
 */
export function boundsFrom(ops: Ops, low: string, high: string, known?: PixelRange): Bounds {
  function bound(name: 'low' | 'high', text: string, x: Value): Value {
    const isSpatial = x.shape.length === 4
    const given = text === '' ? known?.[name] : parse(name, text, isSpatial ? Number(x.shape[1]) : 1)
    if (given) {
      const values = isSpatial ? given : withoutChannels(name, given)
      return ops.constant(values, [1, values.length, ...x.shape.slice(2).map(() => 1)])
    }
    const axes = isSpatial ? [2, 3] : [1]
    return name === 'low' ? ops.reduceMin(x, { axes }) : ops.reduceMax(x, { axes })
  }
  return { low: (x) => bound('low', low, x), high: (x) => bound('high', high, x) }
}
