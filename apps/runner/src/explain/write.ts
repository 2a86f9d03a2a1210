import { join } from 'node:path'
import { encodeNpy } from '@saliency/core'
import {
  contactSheet,
  displayFactor,
  displayPlane,
  overlayPng,
  type Picture,
  picturePng,
  type SheetRow,
} from '@saliency/report'
import { writeAtomically } from '@saliency/study/system'
import type { ExplainedMap } from './explain.ts'
import type { ExplainImage } from './images.ts'

/** One entry of `maps.json`. */
export interface MapEntry {
  readonly image: string
  readonly method: string
  readonly variant: string
  /** A class's index, a sum of classes as in `281-285`, or the file of a direction. */
  readonly target: number | string
  /** What that is called: the classes' names, where they are known. */
  readonly targetName: string
  readonly shape: readonly number[]
  readonly handling: string
  readonly options: Readonly<Record<string, number | boolean | string>>
  /** The overlay, relative to `maps.json`. */
  readonly overlay: string
  /** The array, relative to `maps.json`; with `--save-maps`. */
  readonly file?: string
  readonly problem?: string
}

/** `method-variant`, with options where one variant is asked for twice. */
export function mapFileName({ id }: ExplainedMap): string {
  return id
    .replace('/', '-')
    .replace(/[^\w.=&?-]/g, '_')
    .replace(/[?&]/g, '-')
}

function pictureOf({ input, pixels }: ExplainImage): Picture | undefined {
  const [, , height = 0, width = 0] = input.shape
  return pixels && { height, width, pixels }
}

/** Writes the overlays of one image, its contact sheet, and its arrays where they are wanted. */
export async function writeMaps(request: {
  readonly folder: string
  readonly image: ExplainImage
  readonly maps: readonly ExplainedMap[]
  readonly saveMaps: boolean
  readonly title: string
}): Promise<MapEntry[]> {
  const { folder, image, maps, saveMaps, title } = request
  const picture = pictureOf(image)
  const [, , height = 0, width = 0] = image.input.shape
  const factor = displayFactor({ height, width })
  const families = new Map<string, { label: string; png: Buffer }[]>()
  const entries: MapEntry[] = []
  for (const map of maps) {
    const name = `${image.name}/${mapFileName(map)}`
    const png = await overlayPng(displayPlane(map), picture, factor)
    writeAtomically(join(folder, `${name}.png`), png, false)
    if (saveMaps) writeAtomically(join(folder, `${name}.npy`), encodeNpy(map), false)
    const family = families.get(map.method) ?? []
    families.set(map.method, [...family, { label: map.id.slice(map.method.length + 1), png }])
    entries.push(entryOf(map, image.name, name, saveMaps))
  }
  const rows: SheetRow[] = [...families].map(([family, cells]) => ({ title: family, cells }))
  const first = picture
    ? [
        {
          title: 'image',
          cells: [{ label: image.name.split('/').at(-1) ?? '', png: await picturePng(picture, factor) }],
        },
      ]
    : []
  writeAtomically(
    join(folder, image.name, 'contact-sheet.png'),
    await contactSheet(title, [...first, ...rows]),
  )
  return entries
}

function entryOf(map: ExplainedMap, image: string, name: string, saveMaps: boolean): MapEntry {
  const { method, variant, target, targetName, shape, handling, options, problem } = map
  return {
    image,
    method,
    variant,
    target,
    targetName,
    shape,
    handling,
    options,
    overlay: `${name}.png`,
    ...(saveMaps && { file: `${name}.npy` }),
    ...(problem !== undefined && { problem }),
  }
}
