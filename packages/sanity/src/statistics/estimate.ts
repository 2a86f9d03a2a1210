import { halfWidth, type Spread } from './spread.ts'

/** A mean (or a ratio of means) and its 95 % interval. */
export interface Estimate {
  readonly value: number
  /** Absent where the spread cannot be known: one image, or one draw of random weights. */
  readonly interval?: readonly [low: number, high: number]
  /** What the interval comes from. */
  readonly spread?: Spread
}

/**
 * An estimate with a t interval; undefined where there is no value.
 * @param range what the quantity can be at all; an interval ends there
 */
export function estimate(
  value: number,
  spread: Spread | undefined,
  range: readonly [low: number, high: number] = [-Infinity, Infinity],
): Estimate | undefined {
  if (!Number.isFinite(value)) return undefined
  if (spread === undefined) return { value }
  const half = halfWidth(spread)
  return { value, interval: [Math.max(range[0], value - half), Math.min(range[1], value + half)], spread }
}

/** More draws than this are not asked for. */
const MOST_DRAWS = 100

/** The same spread, had there been another number of draws. */
function withDraws(spread: Spread, draws: number): Spread {
  const { fromImages, fromDraws, fromBoth } = spread
  const share = spread.draws / draws
  const both = fromBoth * share
  return {
    ...spread,
    draws,
    fromImages: fromImages - fromBoth + both,
    fromDraws: fromDraws * share,
    fromBoth: both,
  }
}

/** How many draws it takes, by the spread of these, until the interval leaves out `threshold`; undefined where draws do not decide. */
export function drawsToDecide({ value, spread }: Estimate, threshold: number): number | undefined {
  if (spread === undefined) return undefined
  const distance = Math.abs(value - threshold)
  if (halfWidth(spread) < distance) return undefined
  for (let draws = spread.draws + 1; draws <= MOST_DRAWS; draws++)
    if (halfWidth(withDraws(spread, draws)) < distance) return draws
  return undefined
}
