import type { Ops, Value } from '@saliency/core'

/**
 * The sum of one-channel maps `[n, 1, h', w']`, each brought to `size` bilinearly with aligned corners. Resizing is
 * linear, so maps of the same size are added first and resized once.
 */
export function superpose(ops: Ops, maps: readonly Value[], size: readonly [number, number]): Value {
  const bySize = new Map<string, Value>()
  for (const map of maps) {
    const key = `${map.shape[2]}x${map.shape[3]}`
    const sum = bySize.get(key)
    bySize.set(key, sum ? ops.add(sum, map) : map)
  }
  return [...bySize]
    .map(([key, map]) =>
      key === size.join('x') ? map : ops.resize(map, size, { mode: 'linear', coordinates: 'align_corners' }),
    )
    .reduce((sum, map) => ops.add(sum, map))
}
