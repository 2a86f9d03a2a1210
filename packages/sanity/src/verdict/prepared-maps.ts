import type { GroupMaps } from '@saliency/core'
import type { Similarity } from '../similarity/similarity.ts'
import { prepareAll, type PreparedMaps } from './compare.ts'
import { planesOf, type Reduction } from './planes.ts'

/** Lives as long as the maps it was made from: a runner that keeps the original's maps has them prepared once in a run. */
const known = new WeakMap<GroupMaps, Map<string, PreparedMaps>>()

/** What a similarity needs of each map of a group; asked again about the same maps, the same. */
export function preparedMaps(
  measure: Similarity<unknown>,
  maps: GroupMaps,
  reduction: Reduction,
): PreparedMaps {
  const own = known.get(maps) ?? new Map<string, PreparedMaps>()
  known.set(maps, own)
  const key = `${reduction} ${measure.id}`
  const found = own.get(key)
  if (found) return found
  const fresh = prepareAll(measure, planesOf(maps, reduction))
  own.set(key, fresh)
  return fresh
}
