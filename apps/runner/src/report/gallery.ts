import { join } from 'node:path'
import { type FloatTensor, tensor } from '@saliency/core'
import { batchOf } from '@saliency/explain'
import sharp from 'sharp'
import { displayFactor, overlayPng, type Picture, picturePng } from '../render/overlay.ts'
import { displayPlane } from '../render/plane.ts'
import type { VariantRecord } from '../store/run-folder.ts'
import { conditionKey } from '../store/keys.ts'
import { openMapStore } from '../store/map-store.ts'
import type { StudyRecord } from '../store/run-folder.ts'
import { targetClass } from '../study/targets.ts'
import type { GalleryImage } from './gallery-images.ts'
import { type Html, html } from './html.ts'

/** Conditions shown for each: the predicted class, and the first other one. */
const CONDITIONS = 2

/** Where a run keeps the pictures that its report shows. */
export function pictureFile(folder: string, { position }: Pick<GalleryImage, 'position'>): string {
  return join(folder, 'pictures', `${position}.png`)
}

/** A picture is decoration: where it is missing or damaged, the report goes without it. */
async function readPicture(path: string): Promise<Picture | undefined> {
  try {
    const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    return { height: info.height, width: info.width, pixels: new Uint8Array(data) }
  } catch {
    return undefined
  }
}

function dataUri(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`
}

interface Column {
  readonly image: GalleryImage
  readonly name: string
  readonly maps: ReadonlyMap<string, FloatTensor>
}

function columnsOf(folder: string, record: StudyRecord, images: readonly GalleryImage[]): Column[] {
  const store = openMapStore(
    folder,
    record.identity.variants
      .map(({ id }) => id)
      .filter((id) => !record.unavailable.some((one) => one.id === id)),
  )
  const conditions = (record.originalConditions ?? [])
    .filter(({ input, map, relevance }) => input.kind === 'original' && map !== 'full' && !relevance)
    .slice(0, CONDITIONS)
  return images.flatMap((image) =>
    conditions.flatMap((condition): Column[] => {
      const key = conditionKey(condition)
      // The report shows the maps there are; `saliency run` computes the others again.
      if (!store.isSound(image.group, key)) return []
      const { maps, logits } = store.read(image.group, key)
      const original = batchOf(logits, image.row, 1).data
      const place = { ...image, input: new Float32Array() }
      const target = targetClass(condition.target, { image: place, original, seed: record.identity.seed })
      return [{ image, name: record.classes?.[target] ?? `class ${target}`, maps }]
    }),
  )
}

async function cell(column: Column, id: string, picture: Picture | undefined): Promise<Html> {
  const map = column.maps.get(id)
  // What the engine could not compute is stored as no map.
  if (!map || map.data.length === 0) return html`<td></td>`
  const { data, shape } = batchOf(map, column.image.row, 1)
  const png = await overlayPng(
    displayPlane(tensor(data, shape)),
    picture,
    picture ? displayFactor(picture, 96) : 4,
  )
  return html`<td><img alt="${id}, ${column.name}" src="${dataUri(png)}" /></td>`
}

/** An image's picture over the columns of its maps, and why it is here. */
async function head(picture: Picture | undefined, { id, note }: GalleryImage, span: number): Promise<Html> {
  const words = html`<small>${id}${note === '' ? '' : html`<br />${note}`}</small>`
  if (!picture) return html`<th colspan="${span}">${words}</th>`
  const png = await picturePng(picture, displayFactor(picture, 96))
  return html`<th colspan="${span}"><img alt="${id}" src="${dataUri(png)}" /><br />${words}</th>`
}

type Pictures = ReadonlyMap<GalleryImage, Picture | undefined>

async function row(
  { id, handling }: VariantRecord,
  columns: readonly Column[],
  pictures: Pictures,
): Promise<Html> {
  const cells = await Promise.all(columns.map((column) => cell(column, id, pictures.get(column.image))))
  return html`<tr>
    <th scope="row"><code>${id}</code><br /><span class="handling ${handling}">${handling}</span></th>
    ${cells}
  </tr>`
}

/** Maps of a few images for the predicted and for another class, a variant a row. */
export async function gallery(
  folder: string,
  record: StudyRecord,
  shown: readonly GalleryImage[],
): Promise<Html> {
  const read = shown.map(async (image) => [image, await readPicture(pictureFile(folder, image))] as const)
  const pictures: Pictures = new Map(await Promise.all(read))
  const columns = columnsOf(folder, record, shown)
  if (columns.length === 0) return html`<p>The run folder holds no maps to show.</p>`
  const span = (image: GalleryImage) => columns.filter((column) => column.image === image).length
  const heads = await Promise.all(shown.map((image) => head(pictures.get(image), image, span(image))))
  const variants = record.identity.variants.filter(({ id }) => columns.some(({ maps }) => maps.has(id)))
  const rows = await Promise.all(variants.map((variant) => row(variant, columns, pictures)))
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
    <p class="caption">
      The images are chosen by how much their maps change when another class is explained, from most to least.
      Each map explains the class above its column: the predicted one on the left of each pair, another on the
      right. A pair that looks the same does not explain the class. Signed channel sums over the image in
      grey, each divided by its clipped maximum; maps with negative values: blue below zero, red above;
      others: viridis.
    </p>`
}
