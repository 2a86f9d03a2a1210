import {
  type CheckImage,
  type FloatTensor,
  type ImageGroup,
  messageOf,
  SaliencyError,
  tensor,
} from '@saliency/core'
import type { ImageRecord, ImageSet, LoadedImage, Preprocess } from '@saliency/images'
import { GROUP_SIZE } from './plan.ts'

/**
 * A group with all its places: at the place of an image that cannot be read stands another one of the group, so that no
 * image moves and no batch changes. Rows that need such an image are undefined, whatever a check makes of the other one.
 */
export interface StudyGroup extends ImageGroup {
  /** Images that cannot be read, by id, and why. Where none can, `images` is empty. */
  readonly lost: ReadonlyMap<string, string>
}

/** The images of a study, cut into groups, decoded when needed. */
export interface ImageGroups {
  readonly count: number
  readonly groups: number
  group(index: number): Promise<StudyGroup>
  /** Begins to decode a group that will be asked for soon. */
  ahead(index: number): void
  /** The groups that batch norm is recalibrated on; they stay in memory once they were asked for. */
  calibration(): Promise<readonly StudyGroup[]>
  /** One image, with its `[h, w, 3]` bytes for pictures; nothing if it cannot be read. */
  read(id: string): Promise<LoadedImage | undefined>
  /** Images that could not be read so far, by id, and why. They are not tried again. */
  readonly lost: ReadonlyMap<string, string>
}

/** Groups of the study, from the first on, that recalibrated batch norm is measured on: 64 images. */
const CALIBRATION_GROUPS = 8

/** Decoded images kept in memory, in bytes. */
const CACHE_BYTES = 256 * 2 ** 20

function toCheckImage({ record, input, masks, scene }: LoadedImage): CheckImage {
  return {
    id: record.id,
    ...(record.label !== undefined && { label: record.label }),
    ...(record.labels !== undefined && { labels: record.labels }),
    input: input.data,
    ...(scene && { scene }),
    ...(masks.length > 0 && { masks: masks.map((mask) => mask.data) }),
  }
}

/** Puts the first sound image in the places of those that cannot be read. */
function withStandIns(
  records: readonly ImageRecord[],
  found: readonly (LoadedImage | undefined)[],
): readonly CheckImage[] {
  const sound = found.find((one) => one !== undefined)
  if (!sound) return []
  return records.map((record, place) => toCheckImage({ ...(found[place] ?? sound), record }))
}

/**
 * Cuts the first `limit` images of a set into groups.
 * @param cacheBytes decoded images kept in memory; the others are read again whenever their group is asked for
 */
export function openImageGroups(
  set: ImageSet,
  preprocess: Preprocess,
  limit: number = Infinity,
  cacheBytes: number = CACHE_BYTES,
): ImageGroups {
  const count = Math.min(limit, set.images.length)
  const lost = new Map<string, string>()
  /** What is kept, and what is being decoded. */
  const loaded = new Map<number, Promise<StudyGroup>>()
  const kept = new Set<number>()
  let keptBytes = 0
  let calibration: Promise<readonly StudyGroup[]> | undefined

  async function read(at: number): Promise<LoadedImage | undefined> {
    const { id } = set.images[at] as ImageRecord
    if (lost.has(id)) return undefined
    try {
      return await set.load(at, preprocess)
    } catch (error) {
      lost.set(id, messageOf(error))
      return undefined
    }
  }

  async function load(index: number): Promise<StudyGroup> {
    const from = index * GROUP_SIZE
    const records = set.images.slice(from, Math.min(from + GROUP_SIZE, count))
    // The decoder has threads of its own.
    const found = await Promise.all(records.map((_, place) => read(from + place)))
    const images = withStandIns(records, found)
    const [, c = 0, h = 0, w = 0] = found.find((one) => one !== undefined)?.input.shape ?? []
    const gone = records.flatMap(({ id }, place): [string, string][] =>
      found[place] === undefined ? [[id, lost.get(id) ?? '']] : [],
    )
    return { index, images, shape: [c, h, w], lost: new Map(gone) }
  }

  function start(index: number): Promise<StudyGroup> {
    const group = loaded.get(index) ?? load(index)
    loaded.set(index, group)
    return group
  }

  function startCalibration(): Promise<readonly StudyGroup[]> {
    const indices = Array.from(
      { length: Math.min(CALIBRATION_GROUPS, Math.ceil(count / GROUP_SIZE)) },
      (_, i) => i,
    )
    for (const index of indices) kept.add(index)
    return Promise.all(indices.map(start))
  }

  return {
    count,
    groups: Math.ceil(count / GROUP_SIZE),
    calibration: () => (calibration ??= startCalibration()),
    lost,
    async group(index) {
      const group = await start(index)
      const bytes = group.images.reduce((sum, { input }) => sum + input.byteLength, 0)
      if (kept.has(index)) return group
      if (keptBytes + bytes > cacheBytes) loaded.delete(index)
      else {
        kept.add(index)
        keptBytes += bytes
      }
      return group
    },
    ahead: (index) => void start(index),
    async read(id) {
      const at = set.images.findIndex((record) => record.id === id)
      return at < 0 ? undefined : read(at)
    },
  }
}

/** Decodes groups until one has an image, and returns that. @throws FILE if none can be read */
export async function requireImages({ count, groups, group }: ImageGroups): Promise<StudyGroup> {
  let first: string | undefined
  for (let index = 0; index < groups; index++) {
    const found = await group(index)
    if (found.images.length > 0) return found
    first ??= [...found.lost.values()][0]
  }
  throw new SaliencyError('FILE', `no image could be read: all ${count} fail. The first: ${first}`)
}

/** The images of a group as one tensor, `[n, c, h, w]`; `inputs` default to the images as they are. */
export function groupTensor(group: ImageGroup, inputs?: readonly Float32Array[]): FloatTensor {
  const arrays = inputs ?? group.images.map(({ input }) => input)
  const size = group.shape.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(arrays.length * size)
  arrays.forEach((array, row) => data.set(array, row * size))
  return tensor(data, [arrays.length, ...group.shape])
}
