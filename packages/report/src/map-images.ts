import type { FloatTensor } from '@saliency/core'
import sharp, { type Sharp } from 'sharp'
import type { ShownImage } from './gallery.ts'
import { type Html, html } from './html.ts'
import { displayFactor, overlayPixels, type Picture } from './render/overlay-pixels.ts'
import { displayPlane } from './render/plane.ts'

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

/** A picture inside the page: WebP, a tenth of PNG where a photograph shines through. */
async function embedded(picture: Sharp, side: number, alt: string): Promise<Html> {
  const fitted = picture.resize(side, side, { fit: 'inside', withoutEnlargement: true })
  const webp = await fitted.webp({ quality: 85, smartSubsample: true }).toBuffer()
  return html`<img alt="${alt}" src="data:image/webp;base64,${webp.toString('base64')}" />`
}

function bytes(data: Uint8Array, width: number, height: number): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

async function overlay(map: FloatTensor, picture: Picture | undefined, side: number, alt: string) {
  const plane = displayPlane(map)
  const { data, width, height } = overlayPixels(plane, picture, displayFactor(picture ?? plane, SIDES.many))
  return embedded(bytes(data, width, height), side, alt)
}

async function drawColumn(
  { name, maps }: ShownImage['columns'][number],
  picture: Picture | undefined,
  side: number,
): Promise<DrawnColumn> {
  const present = [...maps].filter(([, map]) => map.data.length > 0)
  const drawn = present.map(async ([id, map]): Promise<[string, Html]> => {
    return [id, await overlay(map, picture, side, `${id}, ${name}`)]
  })
  return { name, maps: new Map(await Promise.all(drawn)) }
}

/** Draws every map once, for all places that show it. */
export async function drawMaps(images: readonly ShownImage[]): Promise<DrawnImage[]> {
  const count = images.flatMap(({ columns }) => columns.flatMap(({ maps }) => [...maps])).length
  const side = count > FEW ? SIDES.many : SIDES.few
  const drawn = images.map(async ({ id, note, picture, columns }): Promise<DrawnImage> => {
    const own = await Promise.all(columns.map((column) => drawColumn(column, picture, side)))
    if (!picture) return { id, note, columns: own }
    const { pixels, width, height } = picture
    const factor = displayFactor(picture, SIDES.many)
    const enlarged = bytes(pixels, width, height).resize(width * factor, height * factor, {
      kernel: 'nearest',
    })
    const shown = await embedded(sharp(await enlarged.png().toBuffer()), side, id)
    return { id, note, picture: shown, columns: own }
  })
  return Promise.all(drawn)
}
