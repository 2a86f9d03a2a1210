import type { FloatTensor } from '@saliency/core'
import type { GalleryImage } from './gallery-images.ts'
import { type Html, html } from './html.ts'
import {
  displayFactor,
  overlayPixels,
  type Picture,
  picturePixels,
  type Pixels,
} from './render/overlay-pixels.ts'
import { displayPlane } from './render/plane.ts'

/** The maps of one image for one class. */
export interface ShownMaps {
  /** The class's name. */
  readonly name: string
  /** Maps `[1, c, h, w]` by variant; an empty one where the engine could not compute it. */
  readonly maps: ReadonlyMap<string, FloatTensor>
}

/** An image of the gallery with all that is shown of it. */
export interface ShownImage extends GalleryImage {
  /** Without one, the maps lie on white. */
  readonly picture?: Picture
  /** A column for each class, for instance the predicted one and another. */
  readonly columns: readonly ShownMaps[]
}

/** Maps of one image for one class, drawn. */
interface DrawnColumn {
  /** The class's name. */
  readonly name: string
  readonly maps: ReadonlyMap<string, Html>
}

/** An image of the gallery, drawn. */
export interface DrawnImage {
  readonly id: string
  readonly note: string
  readonly picture?: Html
  readonly columns: readonly DrawnColumn[]
}

/** The longer side of a picture in the page, in pixels, where there are few maps and where there are many. */
const SIDES = { few: 224, many: 112 } as const
/** So many large maps stay below two megabytes. */
const FEW = 120

/** Makes a picture for a page, at most `side` pixels long: its address, with the picture in it. */
export type EmbedPixels = (pixels: Pixels, side: number) => Promise<string>

/** How large pictures are, and what makes them. */
interface Drawing {
  readonly side: number
  readonly embed: EmbedPixels
}

async function embedded(pixels: Pixels, alt: string, { side, embed }: Drawing): Promise<Html> {
  return html`<img alt="${alt}" src="${await embed(pixels, side)}" />`
}

function overlay(map: FloatTensor, picture: Picture | undefined, alt: string, drawing: Drawing) {
  const plane = displayPlane(map)
  const pixels = overlayPixels(plane, picture, displayFactor(picture ?? plane, SIDES.many))
  return embedded(pixels, alt, drawing)
}

async function drawColumn(
  { name, maps }: ShownImage['columns'][number],
  picture: Picture | undefined,
  drawing: Drawing,
): Promise<DrawnColumn> {
  const present = [...maps].filter(([, map]) => map.data.length > 0)
  const drawn = present.map(async ([id, map]): Promise<[string, Html]> => {
    return [id, await overlay(map, picture, `${id}, ${name}`, drawing)]
  })
  return { name, maps: new Map(await Promise.all(drawn)) }
}

/** Draws every map once, for all places that show it. */
export async function drawMaps(images: readonly ShownImage[], embed: EmbedPixels): Promise<DrawnImage[]> {
  const count = images.flatMap(({ columns }) => columns.flatMap(({ maps }) => [...maps])).length
  const drawing = { side: count > FEW ? SIDES.many : SIDES.few, embed }
  const drawn = images.map(async ({ id, note, picture, columns }): Promise<DrawnImage> => {
    const own = await Promise.all(columns.map((column) => drawColumn(column, picture, drawing)))
    if (!picture) return { id, note, columns: own }
    const enlarged = picturePixels(picture, displayFactor(picture, SIDES.many))
    const shown = await embedded(enlarged, id, drawing)
    return { id, note, picture: shown, columns: own }
  })
  return Promise.all(drawn)
}
