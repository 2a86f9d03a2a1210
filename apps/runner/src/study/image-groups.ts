import {
  type CheckImage,
  type FloatTensor,
  type ImageGroup,
  messageOf,
  SaliencyError,
  tensor,
} from '@saliency/core'
import type { ImageSet, LoadedImage, Preprocess } from '@saliency/images'
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
  /** Begins to decode a group that will be asked for soon. */
  ahead(index: number): void
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
  /** What is kept, and what is being decoded. */
  const loaded = new Map<number, Promise<ImageGroup>>()
  const kept = new Set<number>()
  let keptBytes = 0

  function leaveOut(at: number, error: unknown): void {
    const id = set.images[at]?.id ?? `#${at}`
    if (!failures.some((failure) => failure.id === id)) failures.push({ id, reason: messageOf(error) })
  }

  async function load(index: number): Promise<ImageGroup> {
    const from = index * GROUP_SIZE
    const places = Array.from({ length: Math.min(GROUP_SIZE, count - from) }, (_, i) => from + i)
    // The decoder has threads of its own.
    const results = await Promise.allSettled(places.map((at) => set.load(at, preprocess)))
    results.forEach((one, i) => one.status === 'rejected' && leaveOut(from + i, one.reason))
    const images = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const [, c = 0, h = 0, w = 0] = images[0]?.input.shape ?? []
    return { index, images: images.map(toCheckImage), shape: [c, h, w] }
  }

  function start(index: number): Promise<ImageGroup> {
    const group = loaded.get(index) ?? load(index)
    loaded.set(index, group)
    return group
  }

  return {
    count,
    groups: Math.ceil(count / GROUP_SIZE),
    failures,
    async group(index) {
      const group = await start(index)
      const bytes = group.images.reduce((sum, { input }) => sum + input.byteLength, 0)
      if (kept.has(index)) return group
      if (keptBytes + bytes > CACHE_BYTES) loaded.delete(index)
      else {
        kept.add(index)
        keptBytes += bytes
      }
      return group
    },
    ahead: (index) => void start(index),
    async picture(id) {
      const at = set.images.findIndex((record) => record.id === id)
      return at < 0 ? undefined : set.load(at, preprocess)
    },
  }
}

/** Decodes groups until one has an image, and returns that. @throws FILE if none can be read */
export async function requireImages({ count, groups, group, failures }: ImageGroups): Promise<ImageGroup> {
  for (let index = 0; index < groups; index++) {
    const found = await group(index)
    if (found.images.length > 0) return found
  }
  const [first] = failures
  throw new SaliencyError('FILE', `no image could be read: all ${count} fail. The first: ${first?.reason}`)
}

/** The images of a group as one tensor, `[n, c, h, w]`; `inputs` default to the images as they are. */
export function groupTensor(group: ImageGroup, inputs?: readonly Float32Array[]): FloatTensor {
  const arrays = inputs ?? group.images.map(({ input }) => input)
  const size = group.shape.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(arrays.length * size)
  arrays.forEach((array, row) => data.set(array, row * size))
  return tensor(data, [arrays.length, ...group.shape])
}
