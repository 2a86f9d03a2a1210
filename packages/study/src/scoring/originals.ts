import { type GroupMaps, SaliencyError } from '@saliency/core'
import { type ConditionMaps, groupMapsOf } from '../compute-group.ts'
import type { MapStore } from '../store/map-store.ts'

/** Maps of the original weights, with which those of every other state are compared. */
export interface Originals {
  /**
   * The maps of one variant. Equal requests get the same object as long as there is room, so that what checks prepare
   * from it (ranks, filtered means) is prepared once in a run.
   */
  get(group: number, key: string, variant: string, targets: readonly number[]): GroupMaps
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

/**
 * Reads original maps from the run folder. The first ones stay, up to `keepBytes`: states follow one another over the same
 * groups, so that replacing the oldest would never meet anything twice.
 */
export function openOriginals(store: MapStore, keepBytes: number): Originals {
  const kept = new Map<string, GroupMaps>()
  let bytes = 0
  let last: { readonly name: string; readonly maps: Omit<ConditionMaps, 'targets'> } | undefined

  function read(group: number, key: string): Omit<ConditionMaps, 'targets'> {
    const name = store.path(group, key)
    if (last?.name !== name) last = { name, maps: store.read(group, key) }
    return last.maps
  }

  return {
    get(group, key, variant, targets) {
      const name = `${group}\n${key}\n${variant}`
      const known = kept.get(name)
      if (known) return known
      const maps = groupMapsOf({ ...read(group, key), targets }, variant)
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
