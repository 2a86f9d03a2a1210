import * as Plot from '@observablehq/plot'
import type { Curve } from '@saliency/core'
import type { VariantRecord } from '../study/facts.ts'
import type { CheckSummary } from '../study/summarise.ts'
import { handlingColours } from './colours.ts'
import { convergenceFigure } from './convergence.ts'
import { type Html, html } from './html.ts'
import { drawPlot } from './plot.ts'
import { scaleFigure } from './scales.ts'

interface Point {
  readonly variant: string
  readonly handling: string
  readonly kind: string
  readonly x: number
  readonly y: number
  readonly low?: number
  readonly high?: number
}

const CHANCE = ' chance'
const PANELS_PER_ROW = 4

function pointsOf({ variant, metric, points }: Curve, handling: string): Point[] {
  const kind = metric.endsWith(CHANCE) ? 'chance' : 'same image'
  return points.flatMap(({ x, y, low, high }) =>
    y === null
      ? []
      : [
          {
            variant,
            handling,
            kind,
            x,
            y,
            ...(low !== undefined && { low }),
            ...(high !== undefined && { high }),
          },
        ],
  )
}

/** Curves that are drawn: one similarity, on the same image and at chance. */
function drawn(check: CheckSummary): Curve[] {
  const metrics = [...new Set((check.curves ?? []).map(({ metric }) => metric))]
  const [first] = metrics
  return (check.curves ?? []).filter(({ metric }) => metric === first || metric === `${first}${CHANCE}`)
}

interface Panels {
  readonly shown: readonly VariantRecord[]
  readonly data: readonly Point[]
  /** Steps of the randomisation, from one of the curves. */
  readonly steps: Curve['points']
}

/** Lowest value of the vertical axis: zero, unless a curve goes below. */
function floorOf(data: readonly Point[]): number {
  const lowest = Math.min(0, ...data.map(({ y, low = y }) => low))
  return Math.max(-1, Math.floor(lowest * 5) / 5)
}

function drawPanels({ shown, data, steps }: Panels, title: string): Html {
  const place = new Map(shown.map(({ id }, i) => [id, i]))
  const fx = ({ variant }: { variant: string }) => (place.get(variant) ?? 0) % PANELS_PER_ROW
  const fy = ({ variant }: { variant: string }) => Math.floor((place.get(variant) ?? 0) / PANELS_PER_ROW)
  const same = data.filter(({ kind }) => kind === 'same image')
  const chance = data.filter(({ kind }) => kind === 'chance')
  const names = shown.map(({ id }) => ({ variant: id }))
  const bands = same.filter(({ low }) => low !== undefined)
  const rows = Math.ceil(shown.length / PANELS_PER_ROW)
  return drawPlot(
    {
      width: 990,
      height: 60 + rows * 150,
      margin: 20,
      marginLeft: 40,
      marginBottom: 44,
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.16 },
      x: {
        label: 'blocks drawn anew',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: steps.map(({ x }) => x),
        tickFormat: String,
      },
      y: { domain: [floorOf(data), 1], label: null, grid: true, ticks: 5 },
      color: { domain: Object.keys(handlingColours), range: Object.values(handlingColours) },
      marks: [
        Plot.ruleY([0], { stroke: '#888' }),
        Plot.areaY(bands, {
          x: 'x',
          y1: 'low',
          y2: 'high',
          z: 'variant',
          fx,
          fy,
          fill: 'handling',
          fillOpacity: 0.18,
        }),
        Plot.line(chance, { x: 'x', y: 'y', z: 'variant', fx, fy, stroke: '#555', strokeDasharray: '3 3' }),
        Plot.line(same, { x: 'x', y: 'y', z: 'variant', fx, fy, stroke: 'handling', strokeWidth: 2 }),
        Plot.dot(same, { x: 'x', y: 'y', fx, fy, fill: 'handling', r: 2.5 }),
        Plot.text(names, { text: 'variant', fx, fy, frameAnchor: 'top', dy: -14, fontWeight: 600 }),
      ],
    },
    title,
  )
}

/** Every curve of a check that is drawn: convergence by layer, or similarity and scale along a randomisation. */
export function curveSection(check: CheckSummary, variants: readonly VariantRecord[]): Html {
  const convergence = convergenceFigure(check, variants)
  if (convergence.html !== '') return convergence
  return html`${similarityFigure(check, variants)}${scaleFigure(check)}`
}

/** Similarity along a randomisation, one small panel a variant, its chance level dashed. */
function similarityFigure(check: CheckSummary, variants: readonly VariantRecord[]): Html {
  const curves = drawn(check)
  const shown = variants.filter(({ id }) => curves.some(({ variant }) => variant === id))
  if (shown.length === 0) return html``
  const handlingOf = (id: string) => variants.find((variant) => variant.id === id)?.handling ?? 'signed'
  const data = curves.flatMap((curve) => pointsOf(curve, handlingOf(curve.variant)))
  const steps = curves.find(({ points }) => points.length > 1)?.points ?? []
  const plot = drawPanels(
    { shown, data, steps },
    `${check.title}: similarity to the original map along the randomisation`,
  )
  const names = steps.map(({ x, label }) => `${x} ${label}`).join(', ')
  const colours = Object.entries(handlingColours).map(
    ([name, colour], i) => html`${i === 0 ? '' : ', '}<span style="color:${colour}">${name}</span>`,
  )
  return html`<figure>
    ${plot}
    <figcaption>
      ${check.title}: similarity (${curves[0]?.metric}) of each map with the map of the trained model, as more
      of the model is drawn anew (from left to right: ${names}). Solid: the same image, with its 95 %
      interval, coloured by handling (${colours}); dashed: different images, the level that needs no
      dependence on the image.
    </figcaption>
  </figure>`
}
