import * as Plot from '@observablehq/plot'
import type { Figure } from '@saliency/core'
import { categories } from './colours.ts'
import { curveFigure } from './curve-figure.ts'
import { type Html, html } from './html.ts'
import { drawPlot } from './plot.ts'
import type { CheckSummary, VariantRecord } from './study.ts'

function framed({ caption }: Figure, plot: Html): Html {
  return html`<figure>
    ${plot}
    <figcaption>${caption}</figcaption>
  </figure>`
}

/** Values with their intervals, one line each. */
function forestFigure(figure: Extract<Figure, { kind: 'forest' }>): Html {
  const data = figure.points.map(({ label, name, value, interval }) => {
    return { label, name, value, low: interval?.[0], high: interval?.[1] }
  })
  const labels = data.map(({ label }) => label)
  const plot = drawPlot(
    {
      width: 990,
      height: 70 + labels.length * 22,
      marginLeft: 14 + Math.max(0, ...labels.map(({ length }) => length)) * 6,
      x: { grid: true, nice: true, label: null },
      y: { domain: labels, label: null, tickSize: 0 },
      color: { domain: [...new Set(data.map(({ name }) => name))], range: [...categories] },
      marks: [
        Plot.ruleX(figure.reference === undefined ? [] : [figure.reference], { strokeDasharray: '4 3' }),
        Plot.ruleY(
          data.filter(({ low }) => low !== undefined),
          { y: 'label', x1: 'low', x2: 'high', stroke: 'name', strokeWidth: 2 },
        ),
        Plot.dot(data, { y: 'label', x: 'value', fill: 'name', r: 4 }),
      ],
    },
    figure.title,
  )
  return framed(figure, plot)
}

/** A table of values as shades, with the numbers in them. */
function matrixFigure(figure: Extract<Figure, { kind: 'matrix' }>): Html {
  const cells = figure.values.flatMap((row, i) =>
    row.flatMap((value, j) =>
      value === null
        ? []
        : [{ row: figure.rows[i], column: figure.columns[j], value, text: value.toFixed(2) }],
    ),
  )
  const place = { x: 'column', y: 'row' } as const
  const plot = drawPlot(
    {
      width: 990,
      height: 80 + figure.rows.length * 24,
      marginLeft: 14 + Math.max(0, ...figure.rows.map(({ length }) => length)) * 6,
      x: { domain: [...figure.columns], label: null, axis: 'top' },
      y: { domain: [...figure.rows], label: null },
      color: { scheme: 'blues' },
      marks: [
        Plot.cell(cells, { ...place, fill: 'value', fillOpacity: 0.6 }),
        Plot.text(cells, { ...place, text: 'text' }),
      ],
    },
    figure.title,
  )
  return framed(figure, plot)
}

function drawn(figure: Figure, variants: readonly VariantRecord[]): Html {
  switch (figure.kind) {
    case 'curve':
      return curveFigure(figure, variants)
    case 'forest':
      return forestFigure(figure)
    case 'matrix':
      return matrixFigure(figure)
  }
}

/** Every figure that a check declares, in its order. */
export function figuresOf({ figures = [] }: CheckSummary, variants: readonly VariantRecord[]): Html {
  return html`${figures.map((figure) => drawn(figure, variants))}`
}
