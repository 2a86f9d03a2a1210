import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { counted, SaliencyError, type KnownClasses } from '@saliency/core'
import { tieLabels } from '../class-labels.ts'
import type { SkippedImage } from '../image-set.ts'
import type { FileEntry, Listing } from './files.ts'

/** Extensions of pictures that are decoded, in lower case. */
const READABLE: ReadonlySet<string> = new Set('jpg jpeg jpe jfif png webp gif tif tiff avif'.split(' '))

/** Extensions of pictures that are not decoded; such files are named. */
const UNREADABLE: ReadonlySet<string> = new Set(
  'bmp dib heic heif ppm pgm pbm pnm pfm jp2 j2k jxl tga ico psd svg exr hdr dng cr2 cr3 nef arw raf orf rw2'.split(
    ' ',
  ),
)

/** Folders that systems leave beside others; hidden ones begin with a dot or an `@`. */
const LEFT_BY_SYSTEMS: ReadonlySet<string> = new Set([
  '__MACOSX',
  '__pycache__',
  '$RECYCLE.BIN',
  '#recycle',
  'System Volume Information',
  'lost+found',
])

const isHidden = (name: string) => /^[.@]/.test(name) || LEFT_BY_SYSTEMS.has(name)

/** A picture below a folder, by its path inside it. */
interface Found {
  readonly path: string
  readonly mask?: string
}

/** All pictures of a folder. */
interface Contents {
  readonly images: Found[]
  readonly unreadable: SkippedImage[]
  /** Folders, by name. */
  readonly folders: string[]
  readonly notices: string[]
}

/** What lies in one folder; links are followed. */
async function look(folder: string): Promise<Contents> {
  const names = (await readdir(folder)).toSorted()
  const contents: Contents = { images: [], unreadable: [], folders: [], notices: [] }
  const files: string[] = []
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found === undefined)
      contents.notices.push(`${join(folder, name)} is a link that leads nowhere: left out`)
    else if (found.isDirectory()) contents.folders.push(name)
    else if (!name.startsWith('.')) files.push(name)
  }
  const present = new Set(files)
  for (const name of files) {
    const kind = extension(name)
    const mask = `${name.slice(0, name.lastIndexOf('.'))}.mask.png`
    if (READABLE.has(kind) && !name.endsWith('.mask.png')) {
      contents.images.push({ path: name, ...(present.has(mask) && { mask }) })
    } else if (UNREADABLE.has(kind)) {
      contents.unreadable.push({
        id: name,
        reason: `.${kind} files are not decoded: convert it to PNG or JPEG`,
      })
    }
  }
  return contents
}

/** The pictures of a folder and of all folders in it, each folder once however many links lead to it, and none of `seen`. */
async function lookBelow(folder: string, inside: string, seen: Set<string>): Promise<Contents> {
  const place = join(folder, inside)
  const real = await realpath(place)
  if (seen.has(real)) return { images: [], unreadable: [], folders: [], notices: [] }
  seen.add(real)
  const { images, unreadable, folders, notices } = await look(place)
  const within = (name: string) => (inside === '' ? name : `${inside}/${name}`)
  const below: Contents = {
    images: images.map(({ path, mask }) => ({
      path: within(path),
      ...(mask !== undefined && { mask: within(mask) }),
    })),
    unreadable: unreadable.map(({ id, reason }) => ({ id: within(id), reason })),
    folders,
    notices,
  }
  for (const name of folders.filter((one) => !isHidden(one))) {
    const deeper = await lookBelow(folder, within(name), seen)
    below.images.push(...deeper.images)
    below.unreadable.push(...deeper.unreadable)
    below.notices.push(...deeper.notices)
  }
  return below
}

/**
 * Lists the pictures of a folder in the order of their names. Each subfolder is a class, and everything below it belongs to
 * that class; a subfolder without pictures is a class too, so that those behind it keep their numbers. Links are followed;
 * hidden files and folders, and what systems leave behind, are left out. `x.mask.png` beside `x.jpg` is its mask.
 * @throws INVALID_INPUT if a subfolder with pictures is none of the model's classes, if two are one class, or if there is no
 * picture at all
 */
export async function listFolder(folder: string, known: KnownClasses): Promise<Listing> {
  const top = await look(folder)
  const names = known.names ?? []
  const [left, classFolders] = [
    top.folders.filter((name) => isHidden(name) && !names.includes(name)),
    top.folders.filter((name) => !isHidden(name) || names.includes(name)),
  ]
  // A link from a class to the folder of all classes would give it the pictures of the others.
  const above = await realpath(folder)
  const groups = await Promise.all(
    classFolders.map(async (name) => ({
      name,
      ...(await lookBelow(join(folder, name), '', new Set([above]))),
    })),
  )
  const filled = groups.filter(({ images, unreadable }) => images.length + unreadable.length > 0)
  const tied =
    classFolders.length === 0 ? undefined : tieLabels(classFolders, known, `the folders of ${folder}`, 'name')
  const entries = top.images.map((image) => entryOf(folder, '', image, undefined))
  const skipped = [...top.unreadable]
  const taken = new Map<number, string>()
  for (const { name, images, unreadable } of filled) {
    const label = tied?.labelOf(name, `the folder "${name}" of ${folder}`)
    if (label !== undefined) assertOwn(folder, name, label, taken)
    entries.push(...images.map((image) => entryOf(folder, name, image, label)))
    skipped.push(...unreadable.map(({ id, reason }) => ({ id: `${name}/${id}`, reason })))
  }
  if (entries.length === 0) throw nothingIn(folder, skipped)
  const classes = tied?.classes ?? known.names
  const seen = left.length === 0 ? [] : [`${left.join(', ')} in ${folder}: left out, no class`]
  return {
    entries,
    skipped,
    notices: [...seen, ...top.notices, ...groups.flatMap(({ notices }) => notices), ...(tied?.notices ?? [])],
    ...(classes && { classes }),
    ...(tied?.problem !== undefined && { problem: tied.problem }),
  }
}

/** Two folders of one class, `A` and `a`, may be two classes to whoever named them. */
function assertOwn(folder: string, name: string, label: number, taken: Map<number, string>): void {
  const other = taken.get(label)
  taken.set(label, name)
  if (other === undefined) return
  throw new SaliencyError(
    'INVALID_INPUT',
    `${folder}: the folders "${other}" and "${name}" both mean class ${label}. Put their images into one of them, or give the class names in preprocess.json as the folders are called`,
  )
}

function nothingIn(folder: string, skipped: readonly SkippedImage[]): SaliencyError {
  const [first] = skipped
  const others =
    first === undefined
      ? ''
      : `; pictures of other kinds: ${counted(skipped.length, 'file')} (${first.id}: ${first.reason})`
  return new SaliencyError(
    'INVALID_INPUT',
    `${folder} holds no images (looked for ${[...READABLE].join(', ')}, in it and in the folders below)${others}`,
  )
}

function entryOf(folder: string, group: string, { path, mask }: Found, label: number | undefined): FileEntry {
  return {
    id: group === '' ? path : `${group}/${path}`,
    path: join(folder, group, path),
    labels: label === undefined ? [] : [label],
    masks: mask === undefined ? [] : [join(folder, group, mask)],
  }
}

/** The part after the last dot, in lower case. */
export const extension = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase()
