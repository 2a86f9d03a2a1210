import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { closest } from '../closest.ts'
import type { FileEntry } from './files.ts'

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

/** Errors list so many class names at most. */
const LISTED = 12

/** What the names in a folder say. */
export interface Listing {
  readonly entries: readonly FileEntry[]
  readonly classes?: readonly string[]
}

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

/**
 * The index of a class given by its name or its number.
 * @throws INVALID_INPUT with the nearest name, if there is no such class
 */
export function classIndex(text: string, classes: readonly string[], where: string): number {
  const byName = classes.indexOf(text)
  if (byName >= 0) return byName
  const lower = text.toLowerCase()
  const loose = classes.findIndex((name) => name.toLowerCase() === lower)
  if (loose >= 0) return loose
  const index = Number(text)
  if (/^\d+$/.test(text) && (classes.length === 0 || index < classes.length)) return index
  const hint = closest(text, classes)
  const suggestion = hint === undefined ? '' : ` Did you mean "${hint}"?`
  const known =
    classes.length <= LISTED ? `known ones (${classes.join(', ')})` : `${classes.length} known ones`
  throw new SaliencyError('INVALID_INPUT', `${where} names no class of the ${known}.${suggestion}`)
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
