import type { FloatTensor } from '@saliency/core'
import { batchOf } from '@saliency/explain'
import { conditionKey } from './store/keys.ts'
import { openMapStore } from './store/map-store.ts'
import { keepPicture, readPicture, type StoredPicture } from './store/pictures.ts'
import type { StudyRecord } from './store/study-record.ts'
import { GROUP_SIZE } from './plan.ts'
import type { Study } from './study.ts'
import { targetClass } from './targets.ts'

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

/** What a run folder holds of an image. */
export interface ImageMaps {
  readonly picture?: StoredPicture
  /** Under the original weights. */
  readonly columns: readonly ClassMaps[]
}

/** Keeps the pictures of images in the run folder, so that a report needs nothing else. */
export async function keepPictures(
  { images }: Study,
  folder: string,
  shown: readonly PlacedImage[],
): Promise<void> {
  for (const { id, position } of shown)
    await keepPicture(folder, position, async () => {
      const loaded = await images.read(id)
      const [, , height = 0, width = 0] = loaded?.input.shape ?? []
      return loaded && { height, width, pixels: loaded.pixels }
    })
}

/** The maps of an image that lie in a run folder, and its picture. */
export async function readImageMaps(
  folder: string,
  record: StudyRecord,
  image: PlacedImage,
): Promise<ImageMaps> {
  const missing = new Set(record.unavailable.map(({ id }) => id))
  const variants = record.identity.variants.map(({ id }) => id).filter((id) => !missing.has(id))
  const store = openMapStore(folder, variants)
  const [group, row] = [Math.floor(image.position / GROUP_SIZE), image.position % GROUP_SIZE]
  const own = (map: FloatTensor) => (map.data.length === 0 ? map : batchOf(map, row, 1))
  const conditions = (record.originalConditions ?? [])
    .filter(({ input, map, relevance }) => input.kind === 'original' && map !== 'full' && !relevance)
    .slice(0, CONDITIONS)
  const columns = conditions.flatMap((condition): ClassMaps[] => {
    const key = conditionKey(condition)
    // The report shows the maps there are; `saliency run` computes the others again.
    if (!store.isSound(group, key)) return []
    const { maps, logits } = store.read(group, key)
    const place = { image: { ...image, input: new Float32Array() }, seed: record.identity.seed }
    const target = targetClass(condition.target, { ...place, original: own(logits).data })
    const name = record.classes?.[target] ?? `class ${target}`
    return [{ name, maps: new Map([...maps].map(([id, map]) => [id, own(map)])) }]
  })
  const picture = await readPicture(folder, image.position)
  return { columns, ...(picture && { picture }) }
}
