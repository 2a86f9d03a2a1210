import type { Ops, Value } from '@saliency/core'

/** Weights of bilinear interpolation with aligned corners along one axis, row by row: `[to, from]`. */
function interpolation(from: number, to: number): number[][] {
  return Array.from({ length: to }, (_, at) => {
    const place = to === 1 ? 0 : (at * (from - 1)) / (to - 1)
    const below = Math.min(Math.floor(place), from - 1)
    const row = Array<number>(from).fill(0)
    row[below] = 1 - (place - below)
    if (place > below) row[below + 1] = place - below
    return row
  })
}

function transposed(rows: readonly (readonly number[])[]): number[] {
  return rows[0]?.flatMap((_, column) => rows.map((row) => row[column] as number)) ?? []
}

/**
 * The sum of one-channel maps `[n, 1, h', w']`, each brought to `size` bilinearly with aligned corners. Resizing is
 * linear: Σ A X Bᵀ with the matrices of both axes. Maps of one size are added first, and the sum over sizes is the product
 * of all A side by side with all X Bᵀ on top of each other, which costs half of resizing each.
 */
export function superpose(ops: Ops, maps: readonly Value[], size: readonly [number, number]): Value {
  const bySize = new Map<string, Value>()
  for (const map of maps) {
    const key = `${map.shape[2]}x${map.shape[3]}`
    const sum = bySize.get(key)
    bySize.set(key, sum ? ops.add(sum, map) : map)
  }
  const whole = bySize.get(size.join('x'))
  bySize.delete(size.join('x'))
  const small = [...bySize.values()]
  if (small.length === 0) return whole as Value
  const [height, width] = size
  const heights = small.map(({ shape }) => interpolation(Number(shape[2]), height))
  const widened = small.map((map) => {
    const across = transposed(interpolation(Number(map.shape[3]), width))
    return ops.matMul(map, ops.constant(across, [Number(map.shape[3]), width]))
  })
  const down = Array.from({ length: height }, (_, at) => heights.flatMap((rows) => rows[at] as number[]))
  const grown = ops.matMul(
    ops.constant(down.flat(), [height, down.at(0)?.length ?? 0]),
    ops.concat(widened, 2),
  )
  return whole ? ops.add(whole, grown) : grown
}
