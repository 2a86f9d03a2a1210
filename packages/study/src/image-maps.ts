import type { FloatTensor } from '@saliency/core'
import { batchOf } from '@saliency/explain'
import { explainedOf, type StudyTarget } from './explained.ts'
import { conditionKey } from './store/keys.ts'
import type { Run } from './store/open-run.ts'
import type { StudyRecord } from './store/study-record.ts'
import { getSound, mapsId, type RunStore, type StoredPicture } from './store/run-store.ts'
import { GROUP_SIZE } from './plan.ts'
import type { Study } from './study.ts'

/** Conditions that are shown for each image: the predicted class, and the first other one. */
const CONDITIONS = 2

/** An image of a study by its place in the data set. */
interface PlacedImage {
  readonly id: string
  readonly label?: number
  readonly position: number
}

/** The maps of one image for one class. */
export interface ClassMaps {
  /** The class's name. */
  readonly name: string
  /** Maps `[1, c, h, w]` by variant, as stored; empty where the engine could not compute one. */
  readonly maps: ReadonlyMap<string, FloatTensor>
}

/** What a run holds of an image. */
export interface ImageMaps {
  readonly picture?: StoredPicture
  /** Under the original weights. */
  readonly columns: readonly ClassMaps[]
}

/** Keeps pictures of images beside a run, so that a report needs nothing else. @throws FILE */
export async function keepPictures(
  { images }: Study,
  store: RunStore,
  shown: readonly PlacedImage[],
): Promise<void> {
  for (const { id, position } of shown) {
    if (await store.has('picture', String(position))) continue
    const loaded = await images.read(id)
    if (!loaded) continue
    const [, , height = 0, width = 0] = loaded.input.shape
    await store.put('picture', String(position), { height, width, pixels: loaded.pixels })
  }
}

/** What a run explains instead of the predicted class. */
function targetOf({ identity: { target } }: StudyRecord): StudyTarget | undefined {
  return target && { name: target.name, of: target.values ? Float32Array.from(target.values) : target.name }
}

/** The maps of an image that a run holds, and its picture; what is missing or damaged is left out. */
export async function readImageMaps(
  { store, record }: Pick<Run, 'store' | 'record'>,
  image: PlacedImage,
): Promise<ImageMaps> {
  const [group, row] = [Math.floor(image.position / GROUP_SIZE), image.position % GROUP_SIZE]
  const own = (map: FloatTensor) => (map.data.length === 0 ? map : batchOf(map, row, 1))
  const conditions = (record.originalConditions ?? [])
    .filter(({ input, map, relevance }) => input.kind === 'original' && map !== 'full' && !relevance)
    .slice(0, CONDITIONS)
  const columns: ClassMaps[] = []
  for (const condition of conditions) {
    const stored = await getSound(store, 'maps', mapsId(group, conditionKey(condition)))
    if (!stored) continue
    const place = { image: { ...image, input: new Float32Array() }, seed: record.identity.seed }
    const context = { ...place, original: own(stored.logits).data }
    const { target, name: sum } = explainedOf(condition.target, context, targetOf(record))
    const name = target < 0 ? sum : (record.classes?.[target] ?? `class ${target}`)
    columns.push({ name, maps: new Map([...stored.maps].map(([id, map]) => [id, own(map)])) })
  }
  // A picture is decoration.
  const picture = await getSound(store, 'picture', String(image.position))
  return { columns, ...(picture && { picture }) }
}
