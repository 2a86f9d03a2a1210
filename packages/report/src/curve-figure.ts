import * as Plot from '@observablehq/plot'
import type { Figure, FigureLine } from '@saliency/core'
import type { VariantRecord } from './study.ts'
import { categories, handlingColours } from './colours.ts'
import { type Html, html, withInterval } from './html.ts'
import { drawPlot, framed } from './plot.ts'

type CurveFigure = Extract<Figure, { kind: 'curve' }>

interface Point {
  readonly panel: string
  readonly name: string
  readonly isReference: boolean
  readonly colour: string
  /** A line's own key: variants may share names. */
  readonly line: number
  /** What is shown on hover. */
  readonly title: string
  readonly x: number
  readonly y: number
  readonly low?: number
  readonly high?: number
}

const PANELS_PER_ROW = 4
/** What 32-bit floats can tell from 0 on a logarithmic axis. */
const FLOOR = 1e-6

/** By handling where each panel is a variant with one line of its own, else by the lines' names; a ramp where those are many. */
function coloursOf(
  lines: readonly FigureLine[],
  variants: readonly VariantRecord[],
): (line: FigureLine) => string {
  const names = [...new Set(lines.filter(({ isReference }) => !isReference).map(({ name }) => name))]
  const handling = new Map(variants.map((variant) => [variant.id, variant.handling]))
  return ({ panel, name, isReference }) => {
    if (isReference) return '#888'
    if (names.length === 1 && panel !== undefined)
      return handlingColours[handling.get(panel) ?? 'signed'] ?? 'currentColor'
    const place = names.indexOf(name)
    return names.length > categories.length
      ? `hsl(${Math.round(270 - (220 * place) / (names.length - 1))} 65% 42%)`
      : (categories[place] ?? 'currentColor')
  }
}

function pointsOf(figure: CurveFigure, variants: readonly VariantRecord[]): Point[] {
  const colourOf = coloursOf(figure.lines, variants)
  const clip = (value: number) => (figure.scale === 'log' ? Math.max(FLOOR, value) : value)
  return figure.lines.flatMap((line, at) =>
    line.points.flatMap(({ x, label, y, low, high }) => {
      if (y === null) return []
      const { panel = '', name, isReference = false } = line
      const band = low === undefined || high === undefined ? {} : { low: clip(low), high: clip(high) }
      const title = `${panel === '' ? '' : `${panel}, `}${name}, ${label}: ${withInterval(y, low, high)}`
      return [{ panel, name, isReference, colour: colourOf(line), line: at, title, x, y: clip(y), ...band }]
    }),
  )
}

/** The vertical axis: logarithmic, or from zero (or the lowest value) to at least one. */
function verticalOf(data: readonly Point[], scale: CurveFigure['scale']): Plot.ScaleOptions {
  const all = data.flatMap(({ y, low = y, high = y }) => [low, high])
  if (scale === 'log') return { type: 'log', label: null, grid: true, ticks: 4, tickFormat: '~g', nice: true }
  const [lowest, highest] = [Math.min(0, ...all), Math.max(0, ...all)]
  const top = highest <= 1 && highest > 0.2 ? 1 : highest * 1.05 || 1
  return { domain: [lowest < 0 ? Math.floor(lowest * 5) / 5 : 0, top], label: null, grid: true, ticks: 5 }
}

function draw(figure: CurveFigure, panels: readonly string[], data: readonly Point[]): Html {
  const longest = figure.lines.reduce((a, b) => (b.points.length > a.points.length ? b : a))
  const fx = ({ panel }: { panel: string }) => panels.indexOf(panel) % PANELS_PER_ROW
  const fy = ({ panel }: { panel: string }) => Math.floor(panels.indexOf(panel) / PANELS_PER_ROW)
  const place = { x: 'x', z: 'line', fx, fy } as const
  const solid = data.filter(({ isReference }) => !isReference)
  const single = panels.length === 1
  return drawPlot(
    {
      width: single ? 560 : 990,
      height: single ? 280 : 60 + Math.ceil(panels.length / PANELS_PER_ROW) * 160,
      margin: 20,
      marginLeft: 56,
      marginBottom: 44,
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.16 },
      x: {
        label: figure.x,
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: longest.points.map(({ x }) => x),
        tickFormat: String,
      },
      y: verticalOf(data, figure.scale),
      marks: [
        Plot.areaY(
          solid.filter(({ low }) => low !== undefined),
          { ...place, y1: 'low', y2: 'high', fill: 'colour', fillOpacity: 0.18 },
        ),
        Plot.line(
          data.filter(({ isReference }) => isReference),
          { ...place, y: 'y', stroke: 'colour', strokeDasharray: '3 3' },
        ),
        Plot.line(solid, { ...place, y: 'y', stroke: 'colour', strokeWidth: 2 }),
        Plot.dot(solid, { ...place, y: 'y', fill: 'colour', r: 2.5, title: 'title' }),
        Plot.text(
          panels.map((panel) => ({ panel })),
          { text: 'panel', fx, fy, frameAnchor: 'top', dy: -14, fontWeight: 600 },
        ),
      ],
    },
    figure.title,
  )
}

/** What the colours mean: handlings where lines are told apart by panel, else the lines' names. */
function legend(figure: CurveFigure, data: readonly Point[], variants: readonly VariantRecord[]): Html {
  const solid = data.filter(({ isReference }) => !isReference)
  const names = new Map(solid.map(({ name, colour }) => [name, colour]))
  const handlings = variants.some(({ id }) => figure.lines.some(({ panel }) => panel === id))
  const entries = names.size > 1 ? [...names] : handlings ? Object.entries(handlingColours) : []
  return html`${entries.map(([name, colour], i) => html`${i === 0 ? ' Colours: ' : ', '}<span style="color:${colour}">${name}</span>`)}${entries.length > 0 ? '.' : ''}`
}

/** Lines along steps, one small panel each where they name panels; variants as the study lists them. */
export function curveFigure(figure: CurveFigure, variants: readonly VariantRecord[]): Html {
  const data = pointsOf(figure, variants)
  if (data.length === 0) return html``
  const known = variants.map(({ id }) => id)
  const found = [...new Set(data.map(({ panel }) => panel))]
  const panels = [...known.filter((id) => found.includes(id)), ...found.filter((id) => !known.includes(id))]
  const longest = figure.lines.reduce((a, b) => (b.points.length > a.points.length ? b : a))
  const steps = longest.points.map(({ x, label }) => `${x} ${label}`).join(', ')
  const caption = html`${figure.caption} From left to right: ${steps}.${legend(figure, data, variants)}`
  return framed(figure.title, draw(figure, panels, data), caption)
}
