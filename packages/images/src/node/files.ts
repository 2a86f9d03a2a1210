import { counted, messageOf, SaliencyError } from '@saliency/core'
import { fitRaster } from '../fit.ts'
import {
  labelFields,
  type ImageRecord,
  type ImageSet,
  type LoadedImage,
  type SkippedImage,
} from '../image-set.ts'
import { normaliseRaster, rasterBytes } from '../normalise.ts'
import type { Preprocess } from '../preprocess.ts'
import { type Contents, rememberContents } from './contents.ts'
import { decodeImage } from './decode.ts'
import { fingerprintOf } from './fingerprint.ts'
import { readHeader, type Header } from './header.ts'
import { withinBudget } from './pixel-budget.ts'
import { readMask } from './read-mask.ts'

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
  /** Pictures of kinds that are not decoded. */
  readonly skipped?: readonly SkippedImage[]
  /** Why no image has a label, although there are names. */
  readonly problem?: string
  readonly notices?: readonly string[]
}

interface Sound {
  readonly entry: FileEntry
  readonly header: Header
}

/**
 * An image set over files. Every header is read now, so that a file that is no image is named and left out; a file
 * whose pixels are damaged behind a sound header fails when it is loaded, as one does that is gone or was replaced since
 * it was first read.
 * @throws INVALID_INPUT if no file is an image, or if two entries have one id
 */
export async function fileImages(name: string, listing: Listing): Promise<ImageSet> {
  const { entries, classes, problem, notices = [] } = listing
  checkUnique(entries, name)
  const { sound, skipped } = await readHeaders(entries)
  const leftOut = [...(listing.skipped ?? []), ...skipped]
  if (sound.length === 0) {
    const [first] = leftOut
    throw new SaliencyError(
      'INVALID_INPUT',
      `${name}: none of ${counted(leftOut.length, 'file')} is a readable image; ${first?.id}: ${first?.reason}`,
    )
  }
  const images = sound.map(({ entry }) => toRecord(entry))
  const contents = rememberContents()
  return {
    name,
    ...(classes && { classes }),
    ...(problem !== undefined && { labelProblem: problem }),
    images,
    skipped: leftOut,
    notices: [...notices, ...turnedNotice(sound)],
    fingerprint: (places) =>
      fingerprintOf(
        places.map((place) => images[place] as ImageRecord),
        places.flatMap((place) => [
          (sound[place] as Sound).entry.path,
          ...(sound[place] as Sound).entry.masks,
        ]),
        contents.read,
      ),
    async load(index, preprocess) {
      const [one, record] = [sound[index], images[index]]
      if (one === undefined || record === undefined) {
        throw new SaliencyError('INVALID_INPUT', `${name}: no image ${index} of ${images.length}`)
      }
      return withinBudget(one.header.pixels, () => loadFile(one.entry, record, preprocess, contents))
    },
  }
}

function turnedNotice(sound: readonly Sound[]): string[] {
  const turned = sound.filter(({ header }) => header.isTurned)
  const [first] = turned
  if (first === undefined) return []
  return [
    `${counted(turned.length, 'image')} to be turned by EXIF: this is not done, as in torchvision and Keras: ${first.entry.id}${turned.length > 1 ? ', …' : ''}`,
  ]
}

async function loadFile(
  entry: FileEntry,
  record: ImageRecord,
  preprocess: Preprocess,
  contents: Contents,
): Promise<LoadedImage> {
  const raster = await decodeImage(await contents.read(entry.path), entry.path)
  const fitted = fitRaster(raster, preprocess)
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

/** The files that are images, and why the others are none; a few files at a time. */
async function readHeaders(
  entries: readonly FileEntry[],
): Promise<{ sound: Sound[]; skipped: SkippedImage[] }> {
  const sound: Sound[] = []
  const skipped: SkippedImage[] = []
  for (let start = 0; start < entries.length; start += 16) {
    const group = entries.slice(start, start + 16)
    const headers = await Promise.allSettled(group.map(({ path, id }) => readHeader(path, id)))
    for (const [index, result] of headers.entries()) {
      const entry = group[index] as FileEntry
      if (result.status === 'fulfilled') sound.push({ entry, header: result.value })
      else skipped.push({ id: entry.id, reason: messageOf(result.reason).replace(`${entry.id} `, '') })
    }
  }
  return { sound, skipped }
}

function checkUnique(entries: readonly FileEntry[], name: string): void {
  const seen = new Set<string>()
  for (const { id } of entries) {
    if (seen.has(id)) throw new SaliencyError('INVALID_INPUT', `${name} lists ${id} twice`)
    seen.add(id)
  }
}
