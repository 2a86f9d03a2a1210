import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom/worker'
import { type Html, html, raw } from './html.ts'

/** The font of all figures, as in the page. */
const style = { fontFamily: 'inherit', fontSize: '11px', background: 'none', overflow: 'visible' }

/** Draws a plot without a browser; the result is one inline SVG that needs no script. */
export function drawPlot(options: Plot.PlotOptions, title: string): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const node = Plot.plot({ ...options, document, style, ariaLabel: title } as Plot.PlotOptions)
  return raw(node.outerHTML)
}

/** A plot with its caption; `name` is the file's where it is saved. */
export function framed(name: string, plot: Html, caption: Html | string): Html {
  return html`<figure data-name="${name}">
    <div class="plot">${plot}</div>
    <figcaption>${caption}</figcaption>
  </figure>`
}
