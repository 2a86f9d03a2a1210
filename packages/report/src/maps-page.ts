import { html, type Html, raw } from './html.ts'
import { style } from './style.ts'

/** One map of an image, as its page shows it. */
export interface MapOnPage {
  readonly method: string
  readonly variant: string
  /** How the variant handles signs. */
  readonly handling: string
  /** Where the overlay is, relative to the page. */
  readonly overlay: string
  /** What is wrong with the map, if something is. */
  readonly problem?: string
}

const tiles = `
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 1rem; }
.maps figure { margin: 0; max-width: 224px; }
@media screen and (min-width: 600px) { .maps { grid-template-columns: repeat(auto-fill, 224px); } }
.maps img { width: 100%; display: block; }
`

const LEGEND =
  'Blue is below zero, red above; maps without negative values run from dark violet (zero) to yellow. Each map has a scale of its own: its 99.5th percentile is full colour.'

function document(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(style + tiles)}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${body}
      </body>
    </html>`.html
}

/** An address relative to the page, of a path whose parts may hold any character. */
const address = (path: string) => path.split('/').map(encodeURIComponent).join('/')

const tile = ({ variant, handling, overlay, problem }: MapOnPage) =>
  html`<figure>
    <a href="${address(overlay)}"><img src="${address(overlay)}" alt="${variant}" loading="lazy" /></a>
    <figcaption>
      ${variant}
      <span class="handling ${handling}">${handling}</span
      >${problem === undefined ? '' : html` <strong>${problem}</strong>`}
    </figcaption>
  </figure>`

/**
 * The page of one image: what the model predicts, and its maps, a family of methods a section.
 * @returns HTML without scripts, for a file beside the overlays
 */
export function mapsPage(request: {
  readonly title: string
  /** What the model says of the image, in words. */
  readonly prediction: string
  readonly maps: readonly MapOnPage[]
}): string {
  const { title, prediction, maps } = request
  const methods = [...new Set(maps.map(({ method }) => method))]
  const family = (method: string) =>
    html`<section>
      <h2>${method}</h2>
      <div class="maps">${maps.filter((map) => map.method === method).map(tile)}</div>
    </section>`
  return document(
    title,
    html`<p>${prediction}</p>
      <p class="caption">${LEGEND}</p>
      ${methods.map(family)}`,
  )
}

/** The page of several images: each with its contact sheet, and a link to the image's own page. */
export function imagesPage(title: string, images: readonly string[]): string {
  return document(
    title,
    html`<div class="maps">
      ${images.map(
        (name) =>
          html`<figure>
            <a href="${address(name)}/index.html"
              ><img src="${address(name)}/contact-sheet.png" alt="${name}" loading="lazy"
            /></a>
            <figcaption>${name}</figcaption>
          </figure>`,
      )}
    </div>`,
  )
}
