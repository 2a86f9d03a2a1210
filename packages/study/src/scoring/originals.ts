import { type GroupMaps, SaliencyError } from '@saliency/core'
import { groupMapsOf } from '../compute-group.ts'
import { mapsId, type RunStore, type StoredMaps } from '../store/run-store.ts'

/** Maps of the original weights, with which those of every other state are compared. */
export interface Originals {
  /**
   * The maps of one variant. Equal requests get the same object as long as there is room, so that what checks prepare
   * from it (ranks, filtered means) is prepared once in a run.
   */
  get(group: number, key: string, variant: string, targets: readonly number[]): Promise<GroupMaps>
}

/** What checks keep of a map is larger than the map: ranks of its values and of their magnitudes, filtered means. */
const PREPARED = 8

function sizeOf({ data, activations, convergence }: GroupMaps): number {
  const layers = convergence && 'layers' in convergence ? convergence.layers : []
  return layers.reduce(
    (sum, { cosines }) => sum + cosines.byteLength,
    data.byteLength * (1 + PREPARED) + (activations?.scales.byteLength ?? 0),
  )
}

/** Says that there is nothing to compare with. */
export function missingOriginals(group: number): SaliencyError {
  return new SaliencyError(
    'INVALID_RUN',
    `the original maps of group ${group} are missing, because their unit failed or they were removed: run the study once more, which computes them again.`,
  )
}

/** @throws INVALID_RUN if the maps are damaged, or none are there */
async function read(store: RunStore, group: number, id: string): Promise<StoredMaps> {
  const maps = await store.get('maps', id)
  if (!maps) throw missingOriginals(group)
  return maps
}

/**
 * Reads original maps from a run's store. The first ones stay, up to `keepBytes`: states follow one another over the same
 * groups, so that replacing the oldest would never meet anything twice.
 */
export function openOriginals(store: RunStore, keepBytes: number): Originals {
  const kept = new Map<string, GroupMaps>()
  let bytes = 0
  /** All variants of the group and the condition that were asked for last. */
  let last: { readonly id: string; readonly maps: Promise<StoredMaps> } | undefined

  function stored(group: number, key: string): Promise<StoredMaps> {
    const id = mapsId(group, key)
    if (last?.id !== id) last = { id, maps: read(store, group, id) }
    return last.maps
  }

  return {
    async get(group, key, variant, targets) {
      const name = `${group}\n${key}\n${variant}`
      const known = kept.get(name)
      if (known) return known
      const maps = groupMapsOf({ ...(await stored(group, key)), targets }, variant)
      // An empty map stands for one that failed under the original weights.
      if (!maps.convergence && maps.shape[0] === 0)
        throw new SaliencyError(
          'ENGINE',
          `there is no map of ${variant} for group ${group} under the original weights to compare with: it failed there.`,
        )
      const size = sizeOf(maps)
      if (bytes + size > keepBytes) return maps
      kept.set(name, maps)
      bytes += size
      return maps
    },
  }
}
