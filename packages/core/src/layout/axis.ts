import type { Dim } from '../graph/shape.ts'

/**
 * What an axis counts: images, features, rows, columns, tokens (places of the image beside others), or places in an order
 * that is not known.
 */
export type Counted = 'batch' | 'features' | 'height' | 'width' | 'tokens' | 'mixed'

/**
 * A digit of an index. Rows 0 to 15 cut into windows of 4 have two: which window (`size` 4, `stride` 4) and which row in it
 * (`size` 4, `stride` 1), both of `total` 16. Uncut rows have one, of size 16 and stride 1.
 */
export interface Digit {
  readonly of: Counted
  readonly size: number
  readonly stride: number
  readonly total: number
}

/** Tokens: some in front of the grid (class tokens, registers), the grid's places, and perhaps some behind them. */
export interface TokensDigit extends Digit {
  readonly of: 'tokens'
  readonly prefix: number
  /** Rows and columns, the slower first. */
  readonly grid: Axis
}

const isTokens = (digit: Digit): digit is TokensDigit => digit.of === 'tokens'

/** The tokens that an axis counts, where others stand beside those of the grid. */
export function tokensOf(axis: Axis): TokensDigit | undefined {
  return axis.length === 1 ? axis.find(isTokens) : undefined
}

/** One axis of a value as digits, the slowest first; an axis of size 1 has none. */
export type Axis = readonly Digit[]

/** Stands for the batch in sizes: a prime that no size of a network holds, so that quotients are whole where they should be. */
const BATCH = 1_000_003

/** A size as a number. */
export function count(dim: Dim): number {
  if (typeof dim === 'number') return dim
  return dim === 'n' ? BATCH : Number.parseInt(dim, 10) * BATCH
}

/** How many values an axis has. */
export function lengthOf(axis: Axis): number {
  return axis.reduce((size, digit) => size * digit.size, 1)
}

/** A whole axis that counts one thing. */
export function whole(of: Counted, dim: Dim): Axis {
  const size = count(dim)
  return size === 1 ? [] : [{ of, size, stride: 1, total: size }]
}

/** Rows or columns of a grid over the whole image, however coarse: no position inside of a window or patch. */
export function isGrid({ of, size, stride, total }: Digit): boolean {
  return (of === 'height' || of === 'width') && size * stride === total
}

const isPlaced = ({ of }: Digit) => of !== 'features' && of !== 'mixed'

/** The digits of one axis, with neighbours that continue each other as one. */
function merged(axis: Axis): Axis {
  const result: Digit[] = []
  for (const digit of axis) {
    const before = result.at(-1)
    const continues =
      before?.of === digit.of &&
      before.total === digit.total &&
      before.stride === digit.stride * digit.size &&
      digit.of !== 'mixed'
    if (before && continues) result[result.length - 1] = { ...digit, size: before.size * digit.size }
    else result.push(digit)
  }
  return result
}

function sameDigit(a: Digit, b: Digit): boolean {
  if (a.of !== b.of || a.size !== b.size) return false
  if (a.of === 'features') return true
  if (isTokens(a) && isTokens(b)) return a.prefix === b.prefix && sameAxis(a.grid, b.grid)
  return (isGrid(a) && isGrid(b)) || (a.stride === b.stride && a.total === b.total)
}

function sameAxis(a: Axis, b: Axis): boolean {
  return a.length === b.length && a.every((digit, index) => sameDigit(digit, b[index] as Digit))
}

/** Images, rows and columns say most of what an index means; a learned mixture of features says nothing. */
function rank(axis: Axis): number {
  if (axis.every(isPlaced)) return 2
  return axis.some(({ of }) => of !== 'features') ? 1 : 0
}

/**
 * What the common axis of several operands counts. The operand that says most decides, as the residual connection does
 * around layers that mix places: place i of the sum is place i of what the mixture is added to.
 */
export function join(axes: readonly Axis[], dim: Dim): Axis {
  const given = axes.filter((axis) => axis.length > 0)
  const top = Math.max(...given.map(rank))
  const [first, ...others] = given.filter((axis) => rank(axis) === top)
  if (!first) return whole('features', dim)
  if (others.every((other) => sameAxis(first, other))) return first
  return whole(top === 0 ? 'features' : 'mixed', dim)
}

/** What an axis counts once some of it is left out, padded, pooled, or several pieces are put together. */
export function resized(axes: readonly Axis[], dim: Dim): Axis {
  const [first = []] = axes
  const size = count(dim)
  if (axes.length === 1 && lengthOf(first) === size) return first
  const digits = axes.flat()
  if (digits.every(({ of }) => of === 'features')) return whole('features', dim)
  const [{ of } = { of: 'mixed' as const }] = digits
  // Of several pieces, single rows and columns count nothing: circular pads and rolls put them beside a grid.
  const pieces = axes.length > 1 ? axes.filter((axis) => axis.length > 0) : axes
  const isOneGrid = pieces.every((axis) => axis.length === 1 && axis[0]?.of === of && isGrid(axis[0]))
  return whole(isOneGrid ? of : 'mixed', dim)
}

/**
 * What rows or columns are once windows slide over them. Features between the rows of a grid are places of a finer one, as
 * depth-to-space (a pixel shuffle) makes them.
 */
export function slidOver(axis: Axis, dim: Dim): Axis {
  const [grid, ...inner] = axis
  const isFiner = grid && isGrid(grid) && inner.length > 0 && inner.every(({ of }) => of === 'features')
  return isFiner ? whole(grid.of, dim) : resized([axis], dim)
}

/** Deals digits out to axes of other sizes, in order; cuts a digit where a size asks for it. Undefined where none fits. */
export function regroup(axes: readonly Axis[], shape: readonly Dim[]): readonly Axis[] | undefined {
  const left = axes.flat()
  const result: Axis[] = []
  for (const dim of shape) {
    const axis: Digit[] = []
    let missing = count(dim)
    while (missing > 1) {
      const digit = left.shift()
      if (!digit) return undefined
      if (missing % digit.size === 0) {
        axis.push(digit)
        missing /= digit.size
      } else if (digit.size % missing === 0 && digit.of !== 'tokens') {
        const inner = digit.size / missing
        axis.push({ ...digit, size: missing, stride: digit.stride * inner })
        left.unshift({ ...digit, size: inner })
        missing = 1
      } else return undefined
    }
    result.push(merged(axis))
  }
  return result
}
