import { SaliencyError } from '@saliency/core'
import {
  fitMask,
  fitRaster,
  maskRaster,
  normaliseRaster,
  rasterBytes,
  rasterFingerprint,
  type ImageRecord,
  type ImageSet,
  type LoadedImage,
  type Preprocess,
} from '@saliency/images'
import { SHAPE_CLASSES } from './outline.ts'
import { drawnScene } from './scene-parts.ts'
import { drawScene, sceneLabels } from './scene.ts'

/** Which procedural images make up a set. */
export interface ShapeImagesOptions {
  /** The networks of this package were trained on seed 1; every other seed is unseen. */
  readonly seed: number
  readonly count: number
  /** Objects in each image; default 1. */
  readonly objects?: 1 | 2
}

/**
 * The procedural image set: unlimited, with a known class (or two) and a mask per object.
 * @throws INVALID_OPTION if the seed or the count is not a whole number
 */
export function shapeImages({ seed, count, objects = 1 }: ShapeImagesOptions): ImageSet {
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(count) || count < 1) {
    throw new SaliencyError(
      'INVALID_OPTION',
      `shapes: seed and count must be whole numbers and count at least 1, got ${seed}, ${count}`,
    )
  }
  const images = Array.from({ length: count }, (_, index): ImageRecord => {
    const labels = sceneLabels({ seed, index, objects })
    const kind = objects === 1 ? 'shape' : 'pair'
    return {
      id: `${kind}-${seed}-${String(index).padStart(5, '0')}`,
      label: labels[0] as number,
      labels,
      maskCount: objects,
    }
  })
  const load = async (index: number, preprocess: Preprocess): Promise<LoadedImage> => {
    const record = images[index]
    if (record === undefined)
      throw new SaliencyError('INVALID_INPUT', `shapes: no image ${index} of ${count}`)
    const scene = drawScene({ seed, index, objects })
    const { size, pixels, objects: inside } = scene
    const raster = fitRaster({ height: size, width: size, data: pixels, maximum: 255 }, preprocess)
    const masks = inside.map(({ mask, label }) => fitMask(maskRaster(mask, size, size), preprocess, label))
    return {
      record,
      input: normaliseRaster(raster, preprocess),
      pixels: rasterBytes(raster),
      masks,
      scene: drawnScene(scene, preprocess),
    }
  }
  return {
    name: `shapes (seed ${seed}, ${objects === 1 ? 'one object' : 'two objects'})`,
    classes: SHAPE_CLASSES,
    images,
    skipped: [],
    fingerprint: async (places) => rasterFingerprint(places.map((place) => images[place] as ImageRecord)),
    load,
  }
}
