import type { FloatTensor } from '@saliency/core'
import { sumChannels } from '@saliency/explain'

/** One channel to look at: scaled to [−1, 1], or [0, 1] where nothing is negative. */
export interface DisplayPlane {
  readonly height: number
  readonly width: number
  readonly data: Float32Array
  /** True if zero lies in the middle of the palette. */
  readonly signed: boolean
  /** The value shown as 1. */
  readonly scale: number
}

/** Outliers beyond this share of magnitudes saturate, so that one pixel does not darken a map. */
const CLIP = 0.995

function clippedMaximum(data: Float32Array): number {
  // A loop: callbacks for each value take as long as the sorting.
  const all = new Float32Array(data.length)
  let count = 0
  for (const value of data) if (Number.isFinite(value)) all[count++] = Math.abs(value)
  const magnitudes = all.subarray(0, count).sort()
  if (count === 0) return 0
  const clipped = magnitudes[Math.floor(CLIP * (magnitudes.length - 1))] as number
  return clipped > 0 ? clipped : (magnitudes.at(-1) as number)
}

/** The signed channel sum of a map `[1, c, h, w]`, divided by its clipped maximum. Values that are not finite show as 0. */
export function displayPlane(map: FloatTensor): DisplayPlane {
  const { data: raw, shape } = sumChannels(map)
  const scale = clippedMaximum(raw)
  const data = raw.map((value) =>
    scale > 0 && Number.isFinite(value) ? Math.min(1, Math.max(-1, value / scale)) : 0,
  )
  return {
    height: Number(shape[2]),
    width: Number(shape[3]),
    data,
    signed: raw.some((value) => value < 0),
    scale,
  }
}
