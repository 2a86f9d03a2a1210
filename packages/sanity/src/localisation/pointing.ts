/** True if a pixel of the mask lies within `tolerance` pixels (Euclidean) of (y, x). */
function isNear(
  mask: Uint8Array,
  [height, width]: readonly [number, number],
  at: number,
  tolerance: number,
): boolean {
  const [y, x] = [Math.floor(at / width), at % width]
  const reach = Math.floor(tolerance)
  for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
    for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
      if (mask[v * width + u] && (v - y) ** 2 + (u - x) ** 2 <= tolerance ** 2) return true
    }
  }
  return false
}

/**
 * Pointing game (Zhang et al. 2018): 1 if the highest pixel lies within `tolerance` pixels of the object, else 0; where
 * several pixels share the maximum, the share of them that hit.
 */
export function pointingGame(
  map: Float32Array,
  mask: Uint8Array,
  size: readonly [height: number, width: number],
  tolerance: number,
): number {
  const highest = map.reduce((largest, value) => Math.max(largest, value), -Infinity)
  let hits = 0
  let candidates = 0
  for (let i = 0; i < map.length; i++) {
    if (map[i] !== highest) continue
    candidates++
    if (isNear(mask, size, i, tolerance)) hits++
  }
  return hits / candidates
}
