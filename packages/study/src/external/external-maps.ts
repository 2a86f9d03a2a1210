import { type Condition, type FloatTensor, type ImageGroup, tensor } from '@saliency/core'
import { type MapResult, sumChannels } from '@saliency/explain'
import type { Explained } from '../explained.ts'
import { GROUP_SIZE } from '../plan.ts'
import type { ExternalVariant } from './external-variant.ts'
import { externalKey, externalMap } from './manifest.ts'

/** The maps of a group under one condition, `[n, c, h, w]`: not a number where there is none. */
async function readExternal(
  { manifest, shape, read }: ExternalVariant,
  group: ImageGroup,
  condition: Condition,
  explained: readonly Explained[],
): Promise<FloatTensor> {
  const state = manifest.states.find(({ key }) => key === externalKey(condition))
  const size = shape.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(explained.length * size).fill(Number.NaN)
  for (const [row, one] of explained.entries()) {
    const image = group.index * GROUP_SIZE + row
    const map = state && (await read(externalMap(state.id, image, one, condition).file))
    if (map) data.set(map.data, row * size)
  }
  return tensor(data, [explained.length, ...shape])
}

/** Puts the maps that another program made beside those that were computed. */
export async function withExternal(
  external: readonly ExternalVariant[],
  group: ImageGroup,
  condition: Condition,
  explained: readonly Explained[],
  result: MapResult,
): Promise<MapResult> {
  if (external.length === 0) return result
  if (result.convergence) {
    const notApplicable = 'another program made its maps: no relevance can start inside of them'
    const others = external.map(({ record }) => [record.id, { notApplicable }] as const)
    return { ...result, convergence: new Map([...result.convergence, ...others]) }
  }
  const maps = new Map(result.maps)
  for (const one of external) {
    const map = await readExternal(one, group, condition, explained)
    maps.set(one.record.id, condition.map === 'full' ? map : sumChannels(map))
  }
  return { ...result, maps }
}
