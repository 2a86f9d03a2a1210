import { SaliencyError, type Ops, type Value } from '@saliency/core'
import type { Bounds } from './modify.ts'

function parse(option: string, text: string, channels: number): readonly number[] {
  const values = text.split(',').map((word) => Number(word.trim() === '' ? Number.NaN : word))
  const fits = values.length === 1 || values.length === channels
  if (fits && values.every(Number.isFinite)) {
    return values.length === 1 ? Array.from({ length: channels }, () => values[0] as number) : values
  }
  throw new SaliencyError(
    'INVALID_OPTION',
    `lrp: option '${option}' is '${text}'; it takes one number, or ${channels} separated by commas (one a channel), in preprocessed units.`,
  )
}

/**
 * The bounds of the box rule from the options `low` and `high`: one number or one a channel, after preprocessing. An empty
 * text takes the range `known` of the preprocessing, and without one each image's own minimum or maximum per channel.
 */
export function boundsFrom(
  ops: Ops,
  low: string,
  high: string,
  known?: { readonly low: readonly number[]; readonly high: readonly number[] },
): Bounds {
  function bound(name: 'low' | 'high', text: string, x: Value): Value {
    const [, channels, ...size] = x.shape
    const given = text === '' ? known?.[name] : parse(name, text, Number(channels))
    if (given) {
      const column = ops.constant(given, [1, given.length, ...size.map(() => 1)])
      return ops.expand(column, [1, ...x.shape.slice(1)])
    }
    const axes = size.map((_, axis) => axis + 2)
    const reduced =
      axes.length === 0 ? x : name === 'low' ? ops.reduceMin(x, { axes }) : ops.reduceMax(x, { axes })
    return ops.expand(reduced, [1, ...x.shape.slice(1)])
  }
  return { low: (x) => bound('low', low, x), high: (x) => bound('high', high, x) }
}
