import type { FloatTensor } from '@saliency/core'

/** Maps by variant. */
export type Maps = ReadonlyMap<string, FloatTensor>

/** Bytes of maps that are kept: those of many questions to a small network, of few to a large one. */
const MOST_BYTES = 2 ** 27

const bytesOf = (maps: Maps) => [...maps.values()].reduce((sum, { data }) => sum + data.byteLength, 0)

/** Keeps what was computed, so that a class or a step that was looked at before is there at once; the oldest go first. */
export function keptMaps(): (key: string, compute: () => Promise<Maps>) => Promise<Maps> {
  const all = new Map<string, Maps>()
  let bytes = 0
  return async (key, compute) => {
    const maps = all.get(key) ?? (await compute())
    if (!all.delete(key)) bytes += bytesOf(maps)
    all.set(key, maps)
    for (const [oldest, old] of all) {
      if (bytes <= MOST_BYTES || oldest === key) break
      all.delete(oldest)
      bytes -= bytesOf(old)
    }
    return maps
  }
}
