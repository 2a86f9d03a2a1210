import type { FloatTensor } from '@saliency/core'

/** Maps by variant. */
export type Maps = ReadonlyMap<string, FloatTensor>

/** Bytes of maps that are kept: those of many questions to a small network, of few to a large one. */
const MOST_BYTES = 2 ** 27

const bytesOf = (maps: Maps) => [...maps.values()].reduce((sum, { data }) => sum + data.byteLength, 0)

/** Maps that were computed. */
export interface KeptMaps {
  find(key: string): Maps | undefined
  keep(key: string, maps: Maps): void
}

/** Keeps what was computed, so that a class or a step that was looked at before is there at once; the oldest go first. */
export function keptMaps(): KeptMaps {
  const all = new Map<string, Maps>()
  let bytes = 0
  return {
    find(key) {
      const maps = all.get(key)
      if (maps && all.delete(key)) all.set(key, maps)
      return maps
    },
    keep(key, maps) {
      const before = all.get(key)
      if (before && all.delete(key)) bytes -= bytesOf(before)
      all.set(key, maps)
      bytes += bytesOf(maps)
      for (const [oldest, old] of all) {
        if (bytes <= MOST_BYTES || oldest === key) break
        all.delete(oldest)
        bytes -= bytesOf(old)
      }
    },
  }
}
