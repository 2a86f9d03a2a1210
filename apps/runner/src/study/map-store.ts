import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FloatTensor } from '@saliency/core'
import type { MapResult } from '../compute/map-session.ts'
import { writeAtomically } from '../files.ts'
import { decodeNpy, encodeNpy } from '../npy.ts'
import { shortHash } from './keys.ts'

/**
 * The maps of the original weights, written once and read back for every comparison. One file per group and condition:
 * the logits `[n, k]`, then the variants' arrays `[n, c, h, w]`, one after the other in `.npy` form, in the study's order
 * (`numpy.load` on the open file reads one after the other).
 */
export interface MapStore {
  has(group: number, conditionKey: string): boolean
  write(group: number, conditionKey: string, result: MapResult): void
  read(group: number, conditionKey: string): MapResult
  path(group: number, conditionKey: string): string
}

/** Opens the store of a run folder; `variants` are the ids in the order they are stored. */
export function openMapStore(folder: string, variants: readonly string[]): MapStore {
  const path = (group: number, key: string) =>
    join(folder, 'maps', `g${String(group).padStart(4, '0')}-${shortHash(key)}.npy`)
  return {
    path,
    has: (group, key) => existsSync(path(group, key)),
    write(group, key, { maps, logits }) {
      const arrays = [logits, ...variants.map((id) => maps.get(id) as FloatTensor)]
      writeAtomically(path(group, key), Buffer.concat(arrays.map(encodeNpy)))
    },
    read(group, key) {
      const file = path(group, key)
      const bytes = readFileSync(file)
      const maps = new Map<string, FloatTensor>()
      const { array: logits, end: first } = decodeNpy(bytes, file)
      let offset = first
      for (const id of variants) {
        const { array, end } = decodeNpy(bytes, file, offset)
        maps.set(id, array)
        offset = end
      }
      return { maps, logits }
    },
  }
}
