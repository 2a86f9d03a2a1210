import { SaliencyError } from '@saliency/core'
import sharp from 'sharp'
import { type Contents, rememberContents } from './contents.ts'
import { fingerprintOf } from './fingerprint.ts'
import { fitRaster } from '../fit.ts'
import {
  labelFields,
  type ImageRecord,
  type ImageSet,
  type LoadedImage,
  type SkippedImage,
} from '../image-set.ts'
import { readMask } from './read-mask.ts'
import { normaliseRaster, rasterBytes } from '../normalise.ts'
import type { Preprocess } from '../preprocess.ts'
import { decodeImage } from './decode.ts'

/** One image file, as a folder or a table lists it. */
export interface FileEntry {
  readonly id: string
  readonly path: string
  readonly labels: readonly number[]
  readonly target?: number
  readonly masks: readonly string[]
}

/** What the names in a folder, or the rows of a table, say. */
export interface Listing {
  readonly entries: readonly FileEntry[]
  readonly classes?: readonly string[]
}

/**
 * An image set over files. Every header is read now, so that a file that is no image is named and left out; a file
 * whose pixels are damaged behind a sound header fails when it is loaded, as one does that is gone or was replaced since
 * it was first read.
 * @throws INVALID_INPUT if no file is an image, or if two entries have one id
 */
export async function fileImages(
  name: string,
  entries: readonly FileEntry[],
  classes: readonly string[] | undefined,
): Promise<ImageSet> {
  checkUnique(entries, name)
  const reasons = await inspectHeaders(entries)
  const sound = entries.filter((_, index) => reasons[index] === undefined)
  const skipped = entries.flatMap(({ id }, index): SkippedImage[] => {
    const reason = reasons[index]
    return reason === undefined ? [] : [{ id, reason }]
  })
  if (sound.length === 0) {
    const [first] = skipped
    throw new SaliencyError(
      'INVALID_INPUT',
      `${name}: none of ${entries.length} files is a readable image; ${first?.id}: ${first?.reason}`,
    )
  }
  const images = sound.map(toRecord)
  const contents = rememberContents()
  const load = async (index: number, preprocess: Preprocess): Promise<LoadedImage> => {
    const [entry, record] = [sound[index], images[index]]
    if (entry === undefined || record === undefined) {
      throw new SaliencyError('INVALID_INPUT', `${name}: no image ${index} of ${images.length}`)
    }
    return loadFile(entry, record, preprocess, contents)
  }
  const fingerprint = (count: number) =>
    fingerprintOf(
      images.slice(0, count),
      sound.slice(0, count).flatMap(({ path, masks }) => [path, ...masks]),
      contents.read,
    )
  return { name, ...(classes === undefined ? {} : { classes }), images, skipped, fingerprint, load }
}

async function loadFile(
  entry: FileEntry,
  record: ImageRecord,
  preprocess: Preprocess,
  contents: Contents,
): Promise<LoadedImage> {
  const raster = await decodeImage(await contents.read(entry.path), entry.path)
  const fitted = await fitRaster(raster, preprocess)
  const masks = entry.masks.map(async (path, index) =>
    readMask(await contents.read(path), path, raster, preprocess, entry.labels[index]),
  )
  return {
    record,
    input: normaliseRaster(fitted, preprocess),
    pixels: rasterBytes(fitted),
    masks: await Promise.all(masks),
  }
}

function toRecord({ id, labels, target, masks }: FileEntry): ImageRecord {
  return { id, ...labelFields(labels), ...(target === undefined ? {} : { target }), maskCount: masks.length }
}

/** For each file why it is no image, or `undefined`; a few files at a time. */
async function inspectHeaders(entries: readonly FileEntry[]): Promise<(string | undefined)[]> {
  const reasons: (string | undefined)[] = []
  for (let start = 0; start < entries.length; start += 16) {
    const group = entries.slice(start, start + 16)
    reasons.push(...(await Promise.all(group.map(({ path }) => headerProblem(path)))))
  }
  return reasons
}

async function headerProblem(path: string): Promise<string | undefined> {
  try {
    await sharp(path).metadata()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function checkUnique(entries: readonly FileEntry[], name: string): void {
  const seen = new Set<string>()
  for (const { id } of entries) {
    if (seen.has(id)) throw new SaliencyError('INVALID_INPUT', `${name} lists ${id} twice`)
    seen.add(id)
  }
}
