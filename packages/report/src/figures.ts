import * as Plot from '@observablehq/plot'
import type { Figure } from '@saliency/core'
import { categories } from './colours.ts'
import { curveFigure } from './curve-figure.ts'
import { familiesOf, folded, isLarge } from './families.ts'
import { type Html, html, withInterval } from './html.ts'
import { drawPlot, framed } from './plot.ts'
import type { CheckSummary, VariantRecord } from './study.ts'

/** Values with their intervals, one line each. */
function forestFigure(figure: Extract<Figure, { kind: 'forest' }>): Html {
  const data = figure.points.map(({ label, name, value, interval }) => {
    const [low, high] = interval ?? []
    return { label, name, value, low, high, title: `${label}, ${name}: ${withInterval(value, low, high)}` }
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
        Plot.dot(data, { y: 'label', x: 'value', fill: 'name', r: 4, title: 'title' }),
      ],
    },
    figure.title,
  )
  return framed(figure.title, plot, figure.caption)
}

function cellOf(row: string, column: string, value: number) {
  return { row, column, value, text: value.toFixed(2), title: `${row}, ${column}: ${value}` }
}

/** A table of values as shades, with the numbers in them. */
function matrixFigure(figure: Extract<Figure, { kind: 'matrix' }>): Html {
  const cells = figure.values.flatMap((row, i) =>
    row.flatMap((value, j) =>
      value === null ? [] : [cellOf(figure.rows[i] ?? '', figure.columns[j] ?? '', value)],
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
      color: { scheme: 'blues', range: [0, 0.6] },
      marks: [
        Plot.cell(cells, { ...place, fill: 'value', title: 'title' }),
        Plot.text(cells, { ...place, text: 'text', fill: '#1c1c1c' }),
      ],
    },
    figure.title,
  )
  return framed(figure.title, plot, figure.caption)
}

type Curves = Extract<Figure, { kind: 'curve' }>

/** The lines of some panels. */
function panelsOf(figure: Curves, ids: readonly string[]): Curves {
  return { ...figure, lines: figure.lines.filter(({ panel }) => panel !== undefined && ids.includes(panel)) }
}

/** A panel a variant: of many, a family of methods a fold. */
function curves(figure: Curves, variants: readonly VariantRecord[]): Html {
  const panels = new Set(figure.lines.map(({ panel }) => panel))
  if (!isLarge([...panels]) || !variants.some(({ id }) => panels.has(id)))
    return curveFigure(figure, variants)
  const families = familiesOf(variants).map((family) => {
    const ids = family.variants.map(({ id }) => id)
    return { title: family.title, part: panelsOf(figure, ids) }
  })
  const folds = families
    .filter(({ part }) => part.lines.length > 0)
    .map(({ title, part }) => folded(html`<strong>${title}</strong>`, curveFigure(part, variants), false))
  return html`<h3>${figure.title}</h3>
    ${folds}`
}

function drawn(figure: Figure, variants: readonly VariantRecord[]): Html {
  switch (figure.kind) {
    case 'curve':
      return curves(figure, variants)
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

/** The curves of one variant alone, of every figure that has a panel of it. */
export function curvesOf({ figures = [] }: CheckSummary, variant: VariantRecord): Html[] {
  return figures.flatMap((figure) => {
    const own = figure.kind === 'curve' ? panelsOf(figure, [variant.id]) : undefined
    return own && own.lines.length > 0 ? [curveFigure(own, [variant])] : []
  })
}
