import type { FloatTensor } from '@saliency/core'
import type { GalleryImage } from './gallery-images.ts'
import { type Html, html } from './html.ts'
import { overlayPng, picturePng } from './render/overlay.ts'
import { displayFactor, type Picture } from './render/overlay-pixels.ts'
import { displayPlane } from './render/plane.ts'
import type { VariantRecord } from './study.ts'

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

/** The longer side of a picture in the page, at least, in pixels. */
const LEAST = 96
/** Pixels of the page for one of a map that has no picture. */
const BARE_FACTOR = 4

function dataUri(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`
}

async function cell({ name, maps }: ShownMaps, id: string, picture: Picture | undefined): Promise<Html> {
  const map = maps.get(id)
  if (!map || map.data.length === 0) return html`<td></td>`
  const factor = picture ? displayFactor(picture, LEAST) : BARE_FACTOR
  const png = await overlayPng(displayPlane(map), picture, factor)
  return html`<td><img alt="${id}, ${name}" src="${dataUri(png)}" /></td>`
}

/** An image's picture over the columns of its maps, and why it is here. */
async function head({ picture, id, note, columns }: ShownImage): Promise<Html> {
  const span = columns.length
  const words = html`<small>${id}${note === '' ? '' : html`<br />${note}`}</small>`
  if (!picture) return html`<th colspan="${span}">${words}</th>`
  const png = await picturePng(picture, displayFactor(picture, LEAST))
  return html`<th colspan="${span}"><img alt="${id}" src="${dataUri(png)}" />${words}</th>`
}

async function row({ id, handling }: VariantRecord, images: readonly ShownImage[]): Promise<Html> {
  const cells = images.flatMap(({ picture, columns }) => columns.map((column) => cell(column, id, picture)))
  return html`<tr>
    <th scope="row"><code>${id}</code><br /><span class="handling ${handling}">${handling}</span></th>
    ${await Promise.all(cells)}
  </tr>`
}

/** How to read the gallery: which images are there, what columns mean, and what colours mean. */
function caption(images: readonly ShownImage[]): Html {
  const isChosen = images.some(({ note }) => note !== '')
  const hasPairs = images.some(({ columns }) => columns.length > 1)
  return html`${isChosen ? 'The images are chosen by how much their maps change, from most to least. ' : ''}Each
  map explains the class above its column.
  ${hasPairs ? 'A variant whose maps of one image look the same for different classes does not explain the class. ' : ''}Signed
  channel sums over the image in grey, each divided by its clipped maximum; maps with negative values: blue
  below zero, red above; others: viridis.`
}

/** Maps of a few images, a column for each class and a row for each variant. */
export async function gallery(images: readonly ShownImage[], all: readonly VariantRecord[]): Promise<Html> {
  const columns = images.flatMap((image) => image.columns)
  if (columns.length === 0) return html`<p>The run folder holds no maps to show.</p>`
  const heads = await Promise.all(images.map(head))
  const variants = all.filter(({ id }) => columns.some(({ maps }) => maps.has(id)))
  const rows = await Promise.all(variants.map((variant) => row(variant, images)))
  const classes = columns.map(({ name }) => html`<th><small>${name}</small></th>`)
  return html`<div class="scroll">
      <table class="gallery">
        <thead>
          <tr>
            <th></th>
            ${heads}
          </tr>
          <tr>
            <th></th>
            ${classes}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    <p class="caption">${caption(images)}</p>`
}
