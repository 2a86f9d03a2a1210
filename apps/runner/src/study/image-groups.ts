import { type CheckImage, type FloatTensor, type ImageGroup, tensor } from '@saliency/core'
import type { ImageSet, LoadedImage, Preprocess } from '@saliency/zoo'
import { messageOf } from '../errors.ts'
import { GROUP_SIZE } from './plan.ts'

/** An image that could not be decoded, and why. */
export interface ImageFailure {
  readonly id: string
  readonly reason: string
}

/** The images of a study, cut into groups, decoded when needed. */
export interface ImageGroups {
  /** Images before any failed. */
  readonly count: number
  readonly groups: number
  /** One group; images that cannot be decoded are left out of it and listed in `failures`. */
  group(index: number): Promise<ImageGroup>
  /** `[h, w, 3]` bytes of one image, for pictures. */
  picture(id: string): Promise<LoadedImage | undefined>
  readonly failures: readonly ImageFailure[]
}

/** Decoded images kept in memory, in bytes. */
const CACHE_BYTES = 256 * 2 ** 20

function toCheckImage({ record, input, masks }: LoadedImage): CheckImage {
  return {
    id: record.id,
    ...(record.label !== undefined && { label: record.label }),
    ...(record.labels !== undefined && { labels: record.labels }),
    input: input.data,
    ...(masks.length > 0 && { masks: masks.map((mask) => mask.data) }),
  }
}

/** Cuts the first `limit` images of a set into groups. */
export function openImageGroups(set: ImageSet, preprocess: Preprocess, limit = Infinity): ImageGroups {
  const count = Math.min(limit, set.images.length)
  const failures: ImageFailure[] = set.skipped.map(({ id, reason }) => ({ id, reason }))
  const cache = new Map<number, ImageGroup>()
  let cached = 0

  async function load(index: number): Promise<ImageGroup> {
    const from = index * GROUP_SIZE
    const images: CheckImage[] = []
    let shape: readonly number[] = []
    for (let at = from; at < Math.min(from + GROUP_SIZE, count); at++) {
      try {
        const loaded = await set.load(at, preprocess)
        shape = loaded.input.shape
        images.push(toCheckImage(loaded))
      } catch (error) {
        const id = set.images[at]?.id ?? `#${at}`
        if (!failures.some((failure) => failure.id === id)) failures.push({ id, reason: messageOf(error) })
      }
    }
    const [, c = 0, h = 0, w = 0] = shape
    return { index, images, shape: [c, h, w] }
  }

  return {
    count,
    groups: Math.ceil(count / GROUP_SIZE),
    failures,
    async group(index) {
      const known = cache.get(index)
      if (known) return known
      const group = await load(index)
      const bytes = group.images.reduce((sum, { input }) => sum + input.byteLength, 0)
      if (cached + bytes <= CACHE_BYTES) {
        cache.set(index, group)
        cached += bytes
      }
      return group
    },
    async picture(id) {
      const at = set.images.findIndex((record) => record.id === id)
      return at < 0 ? undefined : set.load(at, preprocess)
    },
  }
}

/** The images of a group as one tensor, `[n, c, h, w]`; `inputs` default to the images as they are. */
export function groupTensor(group: ImageGroup, inputs?: readonly Float32Array[]): FloatTensor {
  const arrays = inputs ?? group.images.map(({ input }) => input)
  const size = group.shape.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(arrays.length * size)
  arrays.forEach((array, row) => data.set(array, row * size))
  return tensor(data, [arrays.length, ...group.shape])
}
