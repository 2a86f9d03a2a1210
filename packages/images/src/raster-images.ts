import { SaliencyError } from '@saliency/core'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { fitRaster } from './fit.ts'
import { labelFields, type ImageRecord, type ImageSet } from './image-set.ts'
import { normaliseRaster, rasterBytes } from './normalise.ts'
import type { Raster } from './raster.ts'

/** A picture that is decoded already. */
export interface DecodedImage {
  /** Unique in its set; random numbers of a study are drawn by it. */
  readonly id: string
  readonly raster: Raster
  /** Index of the true class. */
  readonly label?: number
}

/** SHA-256 over what is known of images and over their pixels, in this order. */
export function rasterFingerprint(records: readonly ImageRecord[], rasters: readonly Raster[] = []): string {
  const hash = sha256.create().update(utf8ToBytes(JSON.stringify(records)))
  for (const { height, width, maximum, data } of rasters) {
    hash.update(utf8ToBytes(JSON.stringify([height, width, maximum])))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return bytesToHex(hash.digest())
}

/**
 * Images in memory, for instance what a page drew on a canvas.
 * @param classes names by index
 * @throws INVALID_INPUT if two images have the same id, or pixels do not have the size that is said
 */
export function rasterImages(
  name: string,
  given: readonly DecodedImage[],
  classes?: readonly string[],
): ImageSet {
  const ids = new Set<string>()
  for (const { id, raster } of given) {
    if (ids.has(id))
      throw new SaliencyError(
        'INVALID_INPUT',
        `${name}: two images are called '${id}': give each its own id.`,
      )
    ids.add(id)
    if (raster.data.length !== raster.height * raster.width * 3)
      throw new SaliencyError(
        'INVALID_INPUT',
        `${name}: '${id}' has ${raster.data.length} values, but ${raster.height}×${raster.width} pixels of RGB are ${raster.height * raster.width * 3}: leave transparency out.`,
      )
  }
  const images = given.map(({ id, label }): ImageRecord => ({
    id,
    ...labelFields(label === undefined ? [] : [label]),
    maskCount: 0,
  }))
  const at = (index: number) => {
    const [record, image] = [images[index], given[index]]
    if (record && image) return { record, raster: image.raster }
    throw new SaliencyError('INVALID_INPUT', `${name}: no image ${index} of ${given.length}`)
  }
  return {
    name,
    ...(classes && { classes }),
    images,
    skipped: [],
    async fingerprint(places) {
      const chosen = places.map(at)
      return rasterFingerprint(
        chosen.map(({ record }) => record),
        chosen.map(({ raster }) => raster),
      )
    },
    async load(index, preprocess) {
      const { record, raster } = at(index)
      const fitted = fitRaster(raster, preprocess)
      return { record, input: normaliseRaster(fitted, preprocess), pixels: rasterBytes(fitted), masks: [] }
    },
  }
}
