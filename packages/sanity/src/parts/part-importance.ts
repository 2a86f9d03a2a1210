import { type DrawnScene, partsSeen } from '@saliency/core'
import type { Plane } from '../similarity/plane.ts'

/** What a map says of the parts of a scene. */
export interface PartImportance {
  /** The sum of the map over the pixels at which each part is seen. */
  readonly ofParts: Float64Array
  /** The sum of all positive values. */
  readonly total: number
}

/** @param plane of the scene's size */
export function partImportance({ data }: Plane, scene: DrawnScene): PartImportance {
  const ofParts = new Float64Array(scene.parts.length)
  let total = 0
  for (const [pixel, part] of partsSeen(scene).entries()) {
    const value = data[pixel]!
    total += Math.max(0, value)
    if (part >= 0) ofParts[part]! += value
  }
  return { ofParts, total }
}

/** Shares of a map from which on a part counts as important: 80 from .01 to .5, as published. */
export const thresholds: readonly number[] = Array.from({ length: 80 }, (_, at) => 0.01 + (0.49 * at) / 79)

/** The parts that hold more than a share of the map's positive values. */
export function importantParts({ ofParts, total }: PartImportance, share: number): number[] {
  return [...ofParts.keys()].filter((part) => ofParts[part]! > share * total)
}
