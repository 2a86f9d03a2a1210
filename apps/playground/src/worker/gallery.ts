import { type FloatTensor, tensor } from '@saliency/core'
import {
  type ImageSet,
  type LoadedImage,
  type Preprocess,
  rasterImages,
  type DecodedImage,
} from '@saliency/images'
import { drawScene, shapeImages } from '@saliency/zoo'
import type { PictureFacts } from '../protocol.ts'
import { breathe } from './breathe.ts'

/** The seed of the command's demo: no network of the zoo was trained on it. */
const UNSEEN = 1001
/** Pictures of the page's own that are shown, and lent to a person's own where these are few. */
const OWN = 8

/** The pictures at hand, and the page's own behind them. */
export interface Gallery {
  readonly preprocess: Preprocess
  /** What the page shows. */
  shown(): Promise<PictureFacts[]>
  /** A picture as the network takes it. */
  load(id: string): Promise<LoadedImage>
  /** Pictures beside one, for comparison: those at hand first. */
  others(id: string, count: number): Promise<LoadedImage[]>
  /** So many pictures as a study takes them: those at hand, then the page's own. */
  study(count: number): ImageSet
  /** The first pictures in batches of eight, on which batch norm is measured anew. */
  batches(count: number): Promise<FloatTensor[]>
  /** Draws the first pictures one by one, as long as nobody waits for anything else. */
  prepare(count: number, isStale: () => boolean): Promise<void>
}

function factsOf({ record, pixels }: LoadedImage, { input }: Preprocess): PictureFacts {
  return { id: record.id, height: input.height, width: input.width, pixels }
}

/** Images of one shape as a batch. */
export function joinedImages(images: readonly LoadedImage[]): FloatTensor {
  const [, ...shape] = (images[0] as LoadedImage).input.shape
  const size = shape.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(images.length * size)
  for (const [at, { input }] of images.entries()) data.set(input.data, at * size)
  return tensor(data, [images.length, ...shape])
}

/** The page's own pictures without their classes, which a person's network does not know. */
function shapesAsPictures(count: number): DecodedImage[] {
  return shapeImages({ seed: UNSEEN, count: Math.max(1, count) })
    .images.slice(0, count)
    .map(({ id }, index) => {
      const { size, pixels } = drawScene({ seed: UNSEEN, index, objects: 1 })
      return { id, raster: { height: size, width: size, data: pixels, maximum: 255 } }
    })
}

/** Opens pictures for a network; those of the page have the ids, and the pixels, that the command draws. */
export function openGallery(preprocess: Preprocess, given: readonly DecodedImage[]): Gallery {
  const sets: readonly ImageSet[] = [
    ...(given.length > 0 ? [rasterImages('pictures', given)] : []),
    shapeImages({ seed: UNSEEN, count: 64 }),
  ]
  const places = sets.flatMap((set) => set.images.map(({ id }, index) => ({ id, set, index })))
  const loaded = new Map<string, Promise<LoadedImage>>()
  const load = (id: string): Promise<LoadedImage> => {
    const place = places.find((one) => one.id === id)
    if (!place) throw new Error(`internal: no picture ${id}`)
    const known = loaded.get(id) ?? place.set.load(place.index, preprocess)
    loaded.set(id, known)
    return known
  }
  const some = (all: typeof places, count: number) =>
    Promise.all(all.slice(0, count).map(({ id }) => load(id)))
  return {
    preprocess,
    study(count) {
      const own = Math.max(0, count - given.length)
      if (given.length === 0) return shapeImages({ seed: UNSEEN, count: own })
      return rasterImages('pictures', [...given, ...shapesAsPictures(own)])
    },
    shown: async () => (await some(places, given.length + OWN)).map((image) => factsOf(image, preprocess)),
    load,
    others: (id, count) =>
      some(
        places.filter((one) => one.id !== id),
        count,
      ),
    async prepare(count, isStale) {
      for (const { id } of places.slice(0, count)) {
        await breathe()
        if (isStale()) return
        await load(id)
      }
    },
    async batches(count) {
      const images = await some(places, count)
      const groups = Array.from({ length: Math.ceil(images.length / 8) }, (_, at) =>
        images.slice(at * 8, at * 8 + 8),
      )
      return groups.map(joinedImages)
    },
  }
}
