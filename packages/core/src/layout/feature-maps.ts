import type { Dim } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import { type Axis, isGrid, lengthOf, tokensOf } from './axis.ts'

/** How a layer's output is read as feature maps, whatever order its axes have. */
export interface FeatureMaps {
  /** `[n, c, h, w]` */
  readonly shape: readonly [n: Dim, channels: number, height: number, width: number]
  /** How many tokens that are no place of the image (class tokens, registers) stand in front of those that are; else 0. */
  readonly prefix: number
  /** Whether anything at the places comes to the logits; where a class token alone is read behind them, gradients are zero. */
  readonly isRead: boolean
  /**
   * Whether norms over features alone read the places. They do not see how long a place's vector is, so that
   * Σ x · ∂y/∂x is zero at every place: a map of activation times gradient is nothing but rounding.
   */
  readonly isScaleBlind: boolean
  /** Brings a value of the output's shape (the output itself, or a signal there) to `[n, c, h, w]`; only places are left. */
  of(value: Value): Value
}

type Kind = 'batch' | 'features' | 'places'

/** What an axis is in a feature map; undefined where it is none of the three. */
function kindOf(axis: Axis): Kind | undefined {
  if (axis.length === 0) return 'features'
  if (axis.every(({ of }) => of === 'batch')) return 'batch'
  if (axis.every(isGrid) || tokensOf(axis)) return 'places'
  // Positions inside of a patch are features of the patch where the patch's own features stand beside them.
  const isOfPatch = axis.every((digit) => digit.of !== 'batch' && digit.of !== 'mixed' && !isGrid(digit))
  return isOfPatch && axis.some(({ of }) => of === 'features') ? 'features' : undefined
}

/** Leaves out the tokens of an axis that are no place of the image. */
function placesOnly(value: Value, axes: readonly Axis[]): Value {
  return axes.reduce((rest, axis, index) => {
    const tokens = tokensOf(axis)
    if (!tokens) return rest
    const ends = [tokens.prefix + lengthOf(tokens.grid)]
    return rest.graph.ops.slice(rest, { axes: [index], starts: [tokens.prefix], ends })
  }, value)
}

/**
 * How a value with these axes is read as feature maps: channels first, channels last, or tokens, of which those that are no
 * place of the image are left out. Undefined where it has no rows and columns, has them twice (attention), or joins them
 * with other values.
 */
export function featureMaps(
  axes: readonly Axis[],
  shape: readonly Dim[],
  facts: Pick<FeatureMaps, 'isRead' | 'isScaleBlind'>,
): FeatureMaps | undefined {
  const kinds = axes.map(kindOf)
  const order = (['batch', 'features', 'places'] as const).map((kind) =>
    kinds.flatMap((each, axis) => (each === kind ? [axis] : [])),
  ) as [number[], number[], number[]]
  const [batch, features, places] = order
  const digits = places.flatMap((axis) => tokensOf(axes[axis] as Axis)?.grid ?? (axes[axis] as Axis))
  const sizeOf = (of: 'height' | 'width') => digits.find((digit) => digit.of === of)?.size ?? 1
  const isOnce = new Set(digits.map(({ of }) => of)).size === digits.length
  if (kinds.includes(undefined) || batch.length > 1 || digits.length === 0 || !isOnce) return undefined
  const n = batch.length === 1 ? (shape[batch[0] as number] as Dim) : 1
  const channels = features.reduce((product, axis) => product * Number(shape[axis]), 1)
  const [height, width] = [sizeOf('height'), sizeOf('width')]
  const isTurned = digits[0]?.of === 'width'
  const perm = order.flat()
  return {
    ...facts,
    shape: [n, channels, height, width],
    prefix: places.reduce((sum, axis) => sum + (tokensOf(axes[axis] as Axis)?.prefix ?? 0), 0),
    of(value) {
      const { ops } = value.graph
      const isInOrder = perm.every((axis, index) => axis === index)
      const kept = placesOnly(value, axes)
      const ordered = isInOrder ? kept : ops.transpose(kept, perm)
      const sizes: readonly Dim[] = isTurned ? [n, channels, width, height] : [n, channels, height, width]
      const isInShape = ordered.shape.length === 4 && sizes.every((dim, axis) => dim === ordered.shape[axis])
      const maps = isInShape ? ordered : ops.reshape(ordered, sizes)
      return isTurned ? ops.transpose(maps, [0, 1, 3, 2]) : maps
    },
  }
}
