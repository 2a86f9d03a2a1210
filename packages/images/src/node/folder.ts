import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { classIndex } from '../labels.ts'
import type { FileEntry, Listing } from './files.ts'

/** Extensions that are taken for images, in lower case. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set([
  'jpg',
  'jpeg',
  'png',
  'webp',
  'gif',
  'tif',
  'tiff',
  'avif',
])

/**
 * Lists the images of a folder in the order of their names. Images in subfolders take the subfolder's name as their
 * class; `x.mask.png` beside `x.jpg` is its mask. Hidden files, and files that are no images by their name, are
 * left out.
 * @param classes the model's class names; without them the subfolders' names, sorted, are the classes
 * @throws INVALID_INPUT if a subfolder is none of the classes, or if there is no image at all
 */
export async function listFolder(folder: string, classes: readonly string[] | undefined): Promise<Listing> {
  const items = (await readdir(folder, { withFileTypes: true })).filter((item) => !item.name.startsWith('.'))
  const subfolders = items
    .filter((item) => item.isDirectory())
    .map((item) => item.name)
    .toSorted()
  const own = imagesAmong(items.filter((item) => !item.isDirectory()).map((item) => item.name))
  const entries = own.map((image): FileEntry => entry(folder, '', image, undefined))
  const groups = await Promise.all(
    subfolders.map(async (name) => ({ name, images: imagesAmong(await readdir(join(folder, name))) })),
  )
  const filled = groups.filter((group) => group.images.length > 0)
  const names = classes ?? filled.map((group) => group.name)
  for (const { name, images } of filled) {
    const label = classIndex(name, names, `the subfolder "${name}" of ${folder}`)
    entries.push(...images.map((image) => entry(folder, name, image, label)))
  }
  if (entries.length === 0) {
    const known = [...IMAGE_EXTENSIONS].join(', ')
    throw new SaliencyError(
      'INVALID_INPUT',
      `${folder} holds no images (looked for ${known}, in it and one level below)`,
    )
  }
  return filled.length === 0 && classes === undefined ? { entries } : { entries, classes: names }
}

interface ImageName {
  readonly file: string
  readonly mask?: string
}

function imagesAmong(names: readonly string[]): ImageName[] {
  const present = new Set(names)
  return names
    .filter(
      (name) => IMAGE_EXTENSIONS.has(extension(name)) && !name.startsWith('.') && !name.endsWith('.mask.png'),
    )
    .toSorted()
    .map((file) => {
      const mask = `${file.slice(0, file.lastIndexOf('.'))}.mask.png`
      return present.has(mask) ? { file, mask } : { file }
    })
}

function entry(folder: string, group: string, image: ImageName, label: number | undefined): FileEntry {
  const id = group === '' ? image.file : `${group}/${image.file}`
  return {
    id,
    path: join(folder, group, image.file),
    labels: label === undefined ? [] : [label],
    masks: image.mask === undefined ? [] : [join(folder, group, image.mask)],
  }
}

/** The part after the last dot, in lower case. */
export const extension = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase()
