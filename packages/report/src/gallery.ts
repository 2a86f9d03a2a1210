import { familiesOf, folded, variantLink } from './families.ts'
import { type Html, html } from './html.ts'
import type { DrawnImage } from './map-images.ts'
import type { VariantRecord } from './study.ts'

/** One variant's maps of an image, a class beside the other. */
function tile({ columns }: DrawnImage, { id, handling }: VariantRecord): Html {
  const maps = columns.map((column) => column.maps.get(id))
  if (maps.every((map) => map === undefined)) return html``
  return html`<div class="tile">
    <div class="pair">${maps}</div>
    <small>${variantLink(id)}</small> <small class="handling ${handling}">${handling}</small>
  </div>`
}

/** One image across all variants. */
function sheet(image: DrawnImage, variants: readonly VariantRecord[], isOpen: boolean): Html {
  const { id, note, picture, columns } = image
  const families = familiesOf(variants).map(({ title, variants: own }) => {
    const tiles = own.map((variant) => tile(image, variant)).filter((one) => one.html !== '')
    return tiles.length === 0
      ? html``
      : html`<h4>${title}</h4>
          ${tiles}`
  })
  const classes = columns.map(({ name }) => name).join(' | ')
  const title = html`<strong>${id}</strong>${note === '' ? '' : ` ${note}`}`
  return folded(
    title,
    html`<div class="filterable">
      <figure data-name="${id}">
        <div class="sheet">
          ${picture ? html`<div class="picture">${picture}<small>${id}</small></div>` : ''}
          <small>columns: ${classes}</small>
          ${families}
        </div>
      </figure>
    </div>`,
    isOpen,
  )
}

/** How to read maps: which images are there, what columns mean, and what colours mean. */
function caption(images: readonly DrawnImage[]): Html {
  const isChosen = images.some(({ note }) => note !== '')
  const hasPairs = images.some(({ columns }) => columns.length > 1)
  return html`${isChosen ? 'The images are chosen by how much their maps change, from most to least. ' : ''}Each
  map explains the class of its column.
  ${hasPairs ? 'A variant whose maps of one image look the same for different classes does not explain the class. ' : ''}Signed
  channel sums over the image in grey, each divided by its clipped maximum; maps with negative values: blue
  below zero, red above; others: viridis.`
}

/** A few images, each across all variants with a map for each class; the first one open. */
export function gallery(images: readonly DrawnImage[], variants: readonly VariantRecord[]): Html {
  const shown = images.filter(({ columns }) => columns.length > 0)
  if (shown.length === 0) return html`<p>The run folder holds no maps to show.</p>`
  return html`<p class="caption">${caption(shown)}</p>
    ${shown.map((image, at) => sheet(image, variants, at === 0))}`
}
