import type { Plane } from './plane.ts'

/** Positions and shares of the two source pixels behind each target pixel (half-pixel centres, edges repeated). */
function taps(from: number, to: number): { low: Int32Array; high: Int32Array; share: Float64Array } {
  const [low, high, share] = [new Int32Array(to), new Int32Array(to), new Float64Array(to)]
  for (let i = 0; i < to; i++) {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1)
    low[i] = Math.floor(position)
    high[i] = Math.min(low[i]! + 1, from - 1)
    share[i] = position - low[i]!
  }
  return { low, high, share }
}

/** A map at another size by bilinear interpolation with half-pixel centres; as it is where the size already fits. */
export function resizePlane(plane: Plane, height: number, width: number): Plane {
  if (plane.height === height && plane.width === width) return plane
  const rows = taps(plane.height, height)
  const columns = taps(plane.width, width)
  const data = new Float32Array(height * width)
  const at = (y: number, x: number) => plane.data[y * plane.width + x]!
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = [rows.low[y]!, rows.high[y]!, rows.share[y]!]
    for (let x = 0; x < width; x++) {
      const [left, right, across] = [columns.low[x]!, columns.high[x]!, columns.share[x]!]
      const upper = at(top, left) * (1 - across) + at(top, right) * across
      const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across
      data[y * width + x] = upper * (1 - down) + lower * down
    }
  }
  return { data, height, width }
}
