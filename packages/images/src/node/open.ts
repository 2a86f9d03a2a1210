import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { isMany } from '../array-layout.ts'
import { arrayImages } from '../arrays.ts'
import type { ImageRecord, ImageSet, KnownImage } from '../image-set.ts'
import { fileImages } from './files.ts'
import { NO_FILE } from './contents.ts'
import { extension, listFolder } from './folder.ts'
import { fingerprintOf } from './fingerprint.ts'
import { ofColours } from '../normalise.ts'
import { readTable } from './read-table.ts'

/** How to read an image set. */
export interface OpenImagesOptions {
  /** The model's class names; class folders, labels and targets are looked up in them. */
  readonly classes?: readonly string[] | undefined
  /** How many classes the model has; folders and labels without names are compared with it. */
  readonly classCount?: number | undefined
  /** What floats in `.npy` and `.npz` arrays are: pixels in [0, 1] (default), or preprocessed already. */
  readonly floats?: 'pixels' | 'preprocessed'
  /** How many channels the model takes: other numbers than 1 and 3 come from arrays alone. */
  readonly channels?: number | undefined
  /** What {@link ImageSet.known} said in another process: files that are still the same ones are not read to find it out again. */
  readonly earlier?: readonly KnownImage[] | undefined
}

/**
 * Opens images: a single image file, a folder (its images, or one subfolder per class, or an `images.csv` in it), a
 * `.csv` table, or an `.npy` or `.npz` array.
 * @throws FILE if there is nothing at `path`, INVALID_INPUT if it holds no images, or pictures before a model whose channels
 * are no colours
 */
export async function openImages(
  path: string,
  { classes, classCount, channels, floats = 'pixels', earlier }: OpenImagesOptions = {},
): Promise<ImageSet> {
  const known = { names: classes, count: classCount ?? classes?.length }
  const found = await kindOf(path)
  if (found === undefined)
    throw new SaliencyError(
      'FILE',
      `${path} does not exist: give an image, a folder, a .csv, .npy or .npz file`,
    )
  const kind = found === 'folder' ? undefined : extension(path)
  const isArray = kind === 'npy' || kind === 'npz'
  if (isMany(channels) && !isArray)
    throw new SaliencyError('INVALID_INPUT', `${path}: ${ofColours(channels).message}`)
  if (found === 'folder') {
    const table = join(path, 'images.csv')
    const isTable = (await kindOf(table)) === 'file'
    const listing = isTable ? await readTable(table, known) : await listFolder(path, known)
    return fileImages(basename(resolve(path)), listing, earlier)
  }
  if (kind === 'csv') {
    return fileImages(basename(path), await readTable(path, known), earlier)
  }
  if (isArray) {
    const set = arrayImages(await readFile(path), path, { name: basename(path), known, floats, channels })
    return {
      ...set,
      fingerprint: (places) =>
        fingerprintOf(
          places.map((place) => set.images[place] as ImageRecord),
          [path],
        ),
    }
  }
  const entry = { id: basename(path), path: join(dirname(path), basename(path)), labels: [], masks: [] }
  return fileImages(basename(path), { entries: [entry], ...(classes && { classes }) })
}

/** @throws FILE for a pipe or a device, which might be read without end */
async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  if (found.isDirectory()) return 'folder'
  if (found.isFile()) return 'file'
  throw new SaliencyError('FILE', `${path} ${NO_FILE}`)
}
