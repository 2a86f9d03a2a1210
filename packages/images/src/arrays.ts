import {
  counted,
  type KnownClasses,
  parseNpy,
  SaliencyError,
  tensor,
  type NumpyArray,
  plainText,
} from '@saliency/core'
import { type UnzipFileInfo, unzipSync } from 'fflate'
import { fitRaster } from './fit.ts'
import { labelFields, type ImageRecord, type ImageSet, type LoadedImage } from './image-set.ts'
import { fitMask, maskRaster } from './mask.ts'
import { normaliseRaster, rasterBytes } from './normalise.ts'

import { channelCount, type Preprocess } from './preprocess.ts'
import type { Raster } from './raster.ts'
import { denormalise, imageLayout, isMany, rasterAt, sliceImage, type ArrayLayout } from './array-layout.ts'
import { bandImage } from './bands.ts'

/** How the arrays are to be understood. */
export interface ArrayImagesOptions {
  /** Of the set; the images are numbered behind it. */
  readonly name: string
  readonly known: KnownClasses
  readonly floats: 'pixels' | 'preprocessed'
  /** How many channels the model takes, where it is known. */
  readonly channels?: number | undefined
}

interface Arrays {
  readonly layout: ArrayLayout
  readonly labels?: NumpyArray
  readonly masks?: NumpyArray
}

/** Images without the fingerprint of their file. */
export type ArrayImages = Omit<ImageSet, 'fingerprint'>

/**
 * Images in the bytes of an `.npy` array, or in an `.npz` archive with `images` (or `x`), and optionally `labels` (or `y`, `[n]`)
 * and `masks` (`[n, h, w]`). Images are `[n, h, w, 3]`, `[n, h, w, 1]`, `[n, h, w]`, `[n, 3, h, w]` or `[n, 1, h, w]`.
 * @throws INVALID_INPUT naming the array that does not fit
 */
export function arrayImages(
  bytes: Uint8Array,
  path: string,
  { name, known, floats, channels }: ArrayImagesOptions,
): ArrayImages {
  const arrays = readArrays(bytes, path, channels)
  const { layout, labels, masks } = arrays
  if (layout.count === 0)
    throw new SaliencyError('INVALID_INPUT', `${path} holds no images: its first axis is 0`)
  checkFloats(layout, floats, path)
  checkLabels(labels, known, path)
  const images = Array.from({ length: layout.count }, (_, index): ImageRecord => {
    const label = labels?.data[index]
    const id = `${name}#${String(index).padStart(5, '0')}`
    return { id, ...labelFields(label === undefined ? [] : [label]), maskCount: masks === undefined ? 0 : 1 }
  })
  const load = async (index: number, preprocess: Preprocess): Promise<LoadedImage> => {
    const record = images[index]
    if (record === undefined)
      throw new SaliencyError('INVALID_INPUT', `${path}: no image ${index} of ${images.length}`)
    const objects = masks === undefined ? [] : [fitMask(maskAt(masks, index), preprocess, record.label)]
    if (floats === 'preprocessed' && layout.maximum === 1)
      return preprocessed(layout, index, record, objects, preprocess)
    if (typeof preprocess.input.channels === 'number') {
      if (layout.channels !== preprocess.input.channels) throw wrongShape(record, layout, preprocess)
      return { record, ...bandImage(layout, index, preprocess), masks: objects }
    }
    const raster = fitRaster(rasterAt(layout, index), preprocess)
    return { record, input: normaliseRaster(raster, preprocess), pixels: rasterBytes(raster), masks: objects }
  }
  return { name, ...(known.names && { classes: known.names }), images, skipped: [], load }
}

/** The first of many names: an archive may hold any number of them. */
function firstNames(names: readonly string[], most = 10): string {
  const more = names.length > most ? `, … (${counted(names.length, 'entry', 'entries')})` : ''
  return `${names.slice(0, most).map(plainText).join(', ')}${more}`
}

/** Arrays that are read; others in the same archive stay packed. */
const READ: ReadonlySet<string> = new Set(
  ['images', 'x', 'labels', 'y', 'masks'].map((name) => `${name}.npy`),
)

/** Deflate packs a run of zeros 1,032 times. Images do not pack like this, and what does may fill any memory. */
const MOST_PACKED = 500
const SMALL_BYTES = 2 ** 26
const MOST_BYTES = 2 ** 32 - 2 ** 16

/**
 * Unpacks the arrays of an `.npz` archive that are read. Sizes are looked at before anything is unpacked.
 * @throws INVALID_INPUT where it is no archive, or an array is too large or packed too well to be images
 */
function unpackArrays(bytes: Uint8Array, path: string): Record<string, Uint8Array> {
  let refused: string | undefined
  const isSound = (name: string, packed: number, size: number) => {
    if (size > MOST_BYTES) refused = `${name} is larger than 4 GiB`
    else if (size > SMALL_BYTES && size > MOST_PACKED * packed)
      refused = `${name} unpacks from ${packed} to ${size} bytes, which no images do`
    return refused === undefined
  }
  try {
    const filter = ({ name, size, originalSize }: UnzipFileInfo) =>
      READ.has(name) && isSound(name, size, originalSize)
    const files = unzipSync(bytes, { filter })
    if (refused === undefined) return files
  } catch (cause) {
    throw new SaliencyError(
      'INVALID_INPUT',
      `${path} is not an .npz archive, or is damaged (${(cause as Error).message})`,
      { cause },
    )
  }
  throw new SaliencyError('INVALID_INPUT', `${path}: ${refused}`)
}

/** The names of an archive's entries. */
function entriesIn(bytes: Uint8Array): string[] {
  const names: string[] = []
  unzipSync(bytes, { filter: ({ name }) => names.push(name) < 0 })
  return names
}

function readArrays(bytes: Uint8Array, path: string, channels: number | undefined): Arrays {
  if (path.toLowerCase().endsWith('.npy'))
    return { layout: imageLayout(parseNpy(bytes, path), path, channels) }
  const files = unpackArrays(bytes, path)
  const find = (...names: string[]) => {
    const name = names.find((candidate) => files[`${candidate}.npy`] !== undefined)
    return name === undefined
      ? undefined
      : parseNpy(files[`${name}.npy`] as Uint8Array, `${path}, array "${name}"`)
  }
  const images = find('images', 'x')
  if (images === undefined) {
    throw new SaliencyError(
      'INVALID_INPUT',
      `${path} has no array "images" (or "x"); it has ${firstNames(entriesIn(bytes))}`,
    )
  }
  const layout = imageLayout(images, `${path}, array "images"`, channels)
  const [labels, masks] = [find('labels', 'y'), find('masks')]
  checkCount(labels, [layout.count], `${path}: labels`)
  checkCount(masks, [layout.count, layout.height, layout.width], `${path}: masks`)
  return { layout, ...(labels === undefined ? {} : { labels }), ...(masks === undefined ? {} : { masks }) }
}

function checkCount(array: NumpyArray | undefined, shape: readonly number[], where: string): void {
  if (array === undefined || array.shape.join() === shape.join()) return
  throw new SaliencyError(
    'INVALID_INPUT',
    `${where} have the shape [${array.shape.join(', ')}], but the images need [${shape.join(', ')}]`,
  )
}

function checkLabels(labels: NumpyArray | undefined, { count = Infinity }: KnownClasses, path: string): void {
  const wrong = labels?.data.find((label) => !(Number.isInteger(label) && label >= 0 && label < count))
  if (wrong === undefined) return
  const known =
    count === Infinity
      ? 'a whole number from 0'
      : `one of the ${counted(count, 'class', 'classes')}, 0 to ${count - 1}`
  throw new SaliencyError('INVALID_INPUT', `${path}: the label ${wrong} is not ${known}`)
}

function checkFloats(
  { maximum, data, channels }: ArrayLayout,
  floats: 'pixels' | 'preprocessed',
  path: string,
): void {
  // Many channels are measurements, in a unit of their own.
  if (maximum !== 1 || floats === 'preprocessed' || isMany(channels)) return
  const outside = data.find((value) => !(value >= 0 && value <= 1))
  if (outside === undefined) return
  throw new SaliencyError(
    'INVALID_INPUT',
    `${path} holds floats outside [0, 1] (${outside}): store pixels as bytes or in [0, 1], or say that the array is preprocessed`,
  )
}

function wrongShape({ id }: ImageRecord, layout: ArrayLayout, { input }: Preprocess): SaliencyError {
  const [got, wanted] = [
    [layout.channels, layout.height, layout.width],
    [channelCount(input.channels), input.height, input.width],
  ]
  return new SaliencyError(
    'INVALID_IMAGE',
    `${id} has the shape [${got.join(', ')}], but the model takes [${wanted.join(', ')}]`,
  )
}

/** An image that needs no preprocessing; only its display is computed, by undoing mean and standard deviation. */
function preprocessed(
  layout: ArrayLayout,
  index: number,
  record: ImageRecord,
  masks: LoadedImage['masks'],
  preprocess: Preprocess,
): LoadedImage {
  const { height, width, channels } = preprocess.input
  const count = channelCount(channels)
  if (layout.height !== height || layout.width !== width || layout.channels !== count)
    throw wrongShape(record, layout, preprocess)
  const data = sliceImage(layout, index)
  return {
    record,
    input: tensor(data, [1, count, height, width]),
    pixels: denormalise(data, preprocess),
    masks,
  }
}

function maskAt(masks: NumpyArray, index: number): Raster {
  const [, height, width] = masks.shape as [number, number, number]
  const start = index * height * width
  const data = Uint8Array.from(masks.data.subarray(start, start + height * width), (value) =>
    value === 0 ? 0 : 1,
  )
  return maskRaster(data, height, width)
}
