import { basename, join } from 'node:path'
import { encodeNpy } from '@saliency/core'
import type { Picture, SheetCell, SheetRow } from '@saliency/report'
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

/** Overlays that are compressed at once, on threads of their own. */
const AT_ONCE = 8

/** What becomes of the maps of one image. */
interface MapWriter {
  /** Writes the overlay of each map, and its array where arrays are wanted. */
  add(maps: readonly ExplainedMap[]): Promise<void>
  /** Writes the contact sheet and the page of what was added, and lists it. */
  finish(page: { readonly title: string; readonly prediction: string }): Promise<MapEntry[]>
}

/** Writes the maps of one image as they come. */
export async function createMapWriter(request: {
  readonly folder: string
  readonly image: ExplainImage
  readonly saveMaps: boolean
}): Promise<MapWriter> {
  // What draws takes long to load, and of all that reads a model only this does.
  const { contactSheet, displayFactor, displayPlane, mapsPage, overlayPng, picturePng } =
    await import('@saliency/report')
  const { folder, image, saveMaps } = request
  const picture = pictureOf(image)
  const [, , height = 0, width = 0] = image.input.shape
  const factor = displayFactor({ height, width })
  const families = new Map<string, SheetCell[]>()
  const entries: MapEntry[] = []
  const keep = (map: ExplainedMap, png: Buffer) => {
    const name = `${image.name}/${mapFileName(map)}`
    writeAtomically(join(folder, `${name}.png`), png, false)
    if (saveMaps) writeAtomically(join(folder, `${name}.npy`), encodeNpy(map), false)
    const family = families.get(map.method) ?? []
    families.set(map.method, [...family, { label: map.id.slice(map.method.length + 1), png }])
    entries.push(entryOf(map, image.name, name, saveMaps))
  }
  return {
    async add(maps) {
      for (let start = 0; start < maps.length; start += AT_ONCE) {
        const some = maps.slice(start, start + AT_ONCE)
        const drawn = await Promise.all(
          some.map(async (map) => ({ map, png: await overlayPng(displayPlane(map), picture, factor) })),
        )
        for (const { map, png } of drawn) keep(map, png)
      }
    },
    async finish({ title, prediction }) {
      const rows: SheetRow[] = [...families].map(([family, cells]) => ({ title: family, cells }))
      const label = image.name.split('/').at(-1) ?? ''
      const own = picture && [{ label, png: await picturePng(picture, factor) }]
      const first: SheetRow[] = own ? [{ title: 'image', cells: own }] : []
      const sheet = await contactSheet(title, [...first, ...rows])
      writeAtomically(join(folder, image.name, 'contact-sheet.png'), sheet, false)
      const maps = entries.map((entry) => ({ ...entry, overlay: basename(entry.overlay) }))
      writeAtomically(join(folder, image.name, 'index.html'), mapsPage({ title, prediction, maps }), false)
      return entries
    },
  }
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
