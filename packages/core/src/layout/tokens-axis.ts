import { type Axis, isGrid, lengthOf, resized, tokensOf, type TokensDigit } from './axis.ts'

/** A grid with `prefix` tokens in front of it, on an axis of a size. */
function withOthers({ grid, prefix }: Pick<TokensDigit, 'prefix' | 'grid'>, size: number): Axis {
  if (lengthOf(grid) === size) return grid
  const digit: TokensDigit = { of: 'tokens', size, stride: 1, total: size, prefix, grid }
  return [digit]
}

const holdsPlaces = (axis: Axis | undefined) =>
  axis?.some(({ of }) => of === 'height' || of === 'width' || of === 'tokens') ?? false

/** One of the values that stand behind one another on an axis: what its axes count, and its size there. */
export interface Piece {
  readonly axes: readonly Axis[]
  readonly size: number
}

/**
 * What an axis counts on which values are put together, one of which holds all places of the image there and nowhere else,
 * and the others none: tokens. Undefined where that is not so.
 */
export function joinedTokens(pieces: readonly Piece[], at: number): Axis | undefined {
  const holding = pieces.findIndex(({ axes }) => holdsPlaces(axes[at]))
  const axes = pieces[holding]?.axes ?? []
  const own = axes[at] ?? []
  const isOnly = !axes.some((axis, index) => index !== at && holdsPlaces(axis))
  const isAlone = pieces.every((piece, index) => index === holding || !holdsPlaces(piece.axes[at]))
  const tokens = tokensOf(own) ?? (own.length > 0 && own.every(isGrid) && { prefix: 0, grid: own })
  if (!tokens || !isOnly || !isAlone) return undefined
  const sizes = pieces.map(({ size }) => size)
  const [before, all] = [sizes.slice(0, holding), sizes].map((some) =>
    some.reduce((sum, size) => sum + size, 0),
  )
  return withOthers({ ...tokens, prefix: Number(before) + tokens.prefix }, Number(all))
}

/** What is left of an axis from one index on: with the whole grid in it, tokens again; else what any resized axis is. */
export function cutTokens(axis: Axis, start: number, size: number): Axis {
  const tokens = tokensOf(axis)
  const isWhole = tokens && start <= tokens.prefix && start + size >= tokens.prefix + lengthOf(tokens.grid)
  return isWhole ? withOthers({ ...tokens, prefix: tokens.prefix - start }, size) : resized([axis], size)
}
