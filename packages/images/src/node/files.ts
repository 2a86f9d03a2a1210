import { counted, messageOf, SaliencyError } from '@saliency/core'
import { fitRaster } from '../fit.ts'
import {
  labelFields,
  type ImageRecord,
  type ImageSet,
  type KnownFile,
  type KnownImage,
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
  readonly header: Pick<Header, 'pixels' | 'isTurned'>
}

/** The files that are images, and why the others are none. */
interface Read {
  readonly sound: readonly Sound[]
  readonly skipped: readonly SkippedImage[]
}

/**
 * An image set over files. Every header is read now, so that a file that is no image is named and left out; a file
 * whose pixels are damaged behind a sound header fails when it is loaded, as one does that is gone or was replaced since
 * it was first read.
 * @param earlier what another process knew of the same files: where that is of exactly these, none is read
 * @throws INVALID_INPUT if no file is an image, or if two entries have one id
 */
export async function fileImages(
  name: string,
  listing: Listing,
  earlier: readonly KnownImage[] = [],
): Promise<ImageSet> {
  const { entries, classes, problem, notices = [] } = listing
  checkUnique(entries, name)
  const known = readEarlier(entries, earlier)
  const { sound, skipped } = known ?? (await readHeaders(entries))
  const leftOut = [...(listing.skipped ?? []), ...skipped]
  if (sound.length === 0) {
    const [first] = leftOut
    if (first && leftOut.length === 1 && first.id === name)
      throw new SaliencyError('INVALID_INPUT', `${name} ${first.reason}`)
    throw new SaliencyError(
      'INVALID_INPUT',
      `${name}: none of ${counted(leftOut.length, 'file')} is a readable image; ${first?.id}: ${first?.reason}`,
    )
  }
  const images = sound.map(({ entry }) => toRecord(entry))
  const contents = rememberContents(known ? filesOf(sound, earlier) : undefined)
  return {
    name,
    ...(classes && { classes }),
    ...(problem !== undefined && { labelProblem: problem }),
    images,
    skipped: leftOut,
    notices: [...notices, ...turnedNotice(sound)],
    ...(known && { isKnown: true }),
    known: () => [...sound.map((one) => knownOf(one, contents)), ...skipped],
    fingerprint: (places) =>
      fingerprintOf(
        places.map((place) => images[place] as ImageRecord),
        places.flatMap((place) => pathsOf((sound[place] as Sound).entry)),
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

const pathsOf = ({ path, masks }: FileEntry): readonly string[] => [path, ...masks]

/** What another process may know of an image. */
function knownOf({ entry, header: { pixels, isTurned } }: Sound, contents: Contents): KnownImage {
  const files = pathsOf(entry).flatMap((path) => contents.of(path) ?? [])
  const isRead = files.length === pathsOf(entry).length
  return { id: entry.id, record: toRecord(entry), pixels, isTurned, ...(isRead && { files }) }
}

/** What an earlier process read of these entries; nothing where it knew others, or said other things of them. */
function readEarlier(entries: readonly FileEntry[], earlier: readonly KnownImage[]): Read | undefined {
  const known = new Map(earlier.map((one) => [one.id, one]))
  if (entries.length === 0 || known.size !== entries.length) return undefined
  const sound: Sound[] = []
  const skipped: SkippedImage[] = []
  for (const entry of entries) {
    const { reason, record, pixels, isTurned } = known.get(entry.id) ?? {}
    if (reason !== undefined) skipped.push({ id: entry.id, reason })
    else if (pixels === undefined || isTurned === undefined) return undefined
    else if (JSON.stringify(record) !== JSON.stringify(toRecord(entry))) return undefined
    else sound.push({ entry, header: { pixels, isTurned } })
  }
  return { sound, skipped }
}

/** The content of files as an earlier process found it, by path. */
function filesOf(sound: readonly Sound[], earlier: readonly KnownImage[]): Map<string, KnownFile> {
  const known = new Map(earlier.map(({ id, files = [] }) => [id, files]))
  return new Map(
    sound.flatMap(({ entry }) => {
      const files = known.get(entry.id) ?? []
      return pathsOf(entry).flatMap((path, at): [string, KnownFile][] => {
        const file = files[at]
        return file ? [[path, file]] : []
      })
    }),
  )
}

/** Reads what files say of themselves; a few at a time. */
async function readHeaders(entries: readonly FileEntry[]): Promise<Read> {
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
