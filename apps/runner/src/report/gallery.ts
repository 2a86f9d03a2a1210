import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FloatTensor, tensor } from '@saliency/core'
import sharp from 'sharp'
import { batchOf } from '../compute/batch.ts'
import { displayFactor, overlayPng, type Picture, picturePng } from '../render/overlay.ts'
import { displayPlane } from '../render/plane.ts'
import type { VariantRecord } from '../study/facts.ts'
import { conditionKey } from '../study/keys.ts'
import { openMapStore } from '../study/map-store.ts'
import type { StudyRecord } from '../study/run-folder.ts'
import { targetClass } from '../study/targets.ts'
import { type Html, html } from './html.ts'

/** Images shown; all from the first group, whose maps are in the run folder. */
const SHOWN = 4
/** Conditions shown for each: the predicted class, and the first other one. */
const CONDITIONS = 2

/** Where a run keeps the pictures that its report shows. */
export function pictureFile(folder: string, index: number): string {
  return join(folder, 'pictures', `${index}.png`)
}

async function readPicture(path: string): Promise<Picture | undefined> {
  if (!existsSync(path)) return undefined
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { height: info.height, width: info.width, pixels: new Uint8Array(data) }
}

function dataUri(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`
}

interface Column {
  readonly image: number
  readonly name: string
  readonly maps: ReadonlyMap<string, FloatTensor>
}

function columnsOf(folder: string, record: StudyRecord, count: number): Column[] {
  const store = openMapStore(
    folder,
    record.identity.variants
      .map(({ id }) => id)
      .filter((id) => !record.unavailable.some((one) => one.id === id)),
  )
  const conditions = (record.originalConditions ?? [])
    .filter(({ input, map, relevance }) => input.kind === 'original' && map !== 'full' && !relevance)
    .slice(0, CONDITIONS)
  return Array.from({ length: count }, (_, image) =>
    conditions.flatMap((condition): Column[] => {
      const key = conditionKey(condition)
      if (!store.has(0, key)) return []
      const { maps, logits } = store.read(0, key)
      if (image >= (logits.shape[0] as number)) return []
      const original = batchOf(logits, image, 1).data
      const shown = record.images[image]
      const place = {
        id: shown?.id ?? '',
        input: new Float32Array(),
        ...(shown?.label !== undefined && { label: shown.label }),
      }
      const target = targetClass(condition.target, { image: place, original, seed: record.identity.seed })
      return [{ image, name: record.classes?.[target] ?? `class ${target}`, maps }]
    }),
  ).flat()
}

async function cell(column: Column, id: string, picture: Picture | undefined): Promise<Html> {
  const map = column.maps.get(id)
  if (!map) return html`<td></td>`
  const { data, shape } = batchOf(map, column.image, 1)
  const png = await overlayPng(
    displayPlane(tensor(data, shape)),
    picture,
    picture ? displayFactor(picture, 96) : 4,
  )
  return html`<td><img alt="${id}, ${column.name}" src="${dataUri(png)}" /></td>`
}

/** An image's picture over the columns of its maps. */
async function head(picture: Picture | undefined, id: string, span: number): Promise<Html> {
  if (!picture) return html`<th colspan="${span}"><small>${id}</small></th>`
  const png = await picturePng(picture, displayFactor(picture, 96))
  return html`<th colspan="${span}"><img alt="${id}" src="${dataUri(png)}" /><br /><small>${id}</small></th>`
}

async function row(
  { id, handling }: VariantRecord,
  columns: readonly Column[],
  pictures: readonly (Picture | undefined)[],
): Promise<Html> {
  const cells = await Promise.all(columns.map((column) => cell(column, id, pictures[column.image])))
  return html`<tr>
    <th scope="row"><code>${id}</code><br /><span class="handling ${handling}">${handling}</span></th>
    ${cells}
  </tr>`
}

/** Maps of a few images for the predicted and for another class, a variant a row. */
export async function gallery(folder: string, record: StudyRecord): Promise<Html> {
  const shown = record.images.slice(0, SHOWN)
  const pictures = await Promise.all(shown.map((_, index) => readPicture(pictureFile(folder, index))))
  const columns = columnsOf(folder, record, shown.length)
  if (columns.length === 0) return html`<p>The run folder holds no maps to show.</p>`
  const span = (index: number) => columns.filter(({ image }) => image === index).length
  const heads = await Promise.all(shown.map(({ id }, index) => head(pictures[index], id, span(index))))
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
      Each map explains the class above its column: the predicted one on the left of each pair, another on the
      right. A pair that looks the same does not explain the class. Signed channel sums over the image in
      grey, each divided by its clipped maximum; maps with negative values: blue below zero, red above;
      others: viridis.
    </p>`
}
