import * as Plot from '@observablehq/plot'
import type { Curve } from '@saliency/core'
import type { VariantRecord } from '../study/facts.ts'
import type { CheckSummary } from '../study/summarise.ts'
import { handlingColours } from './colours.ts'
import { type Html, html } from './html.ts'
import { drawPlot } from './plot.ts'

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

/** Similarity along a randomisation, one small panel a variant, its chance level dashed. */
export function curveSection(check: CheckSummary, variants: readonly VariantRecord[]): Html {
  const curves = drawn(check)
  const shown = variants.filter(({ id }) => curves.some(({ variant }) => variant === id))
  if (shown.length === 0) return html``
  const data = curves.flatMap((curve) =>
    pointsOf(curve, variants.find(({ id }) => id === curve.variant)?.handling ?? 'signed'),
  )
  const place = new Map(
    shown.map(({ id }, i) => [id, { fx: i % PANELS_PER_ROW, fy: Math.floor(i / PANELS_PER_ROW) }]),
  )
  const fx = ({ variant }: Point) => place.get(variant)?.fx
  const fy = ({ variant }: Point) => place.get(variant)?.fy
  const labels = curves.find(({ points }) => points.length > 1)?.points ?? []
  const lowest = Math.min(0, ...data.map(({ y }) => y))
  const rows = Math.ceil(shown.length / PANELS_PER_ROW)
  const same = data.filter(({ kind }) => kind === 'same image')
  const plot = drawPlot(
    {
      width: 990,
      height: 60 + rows * 150,
      marginLeft: 40,
      marginBottom: 44,
      marginTop: 20,
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.16 },
      x: {
        label: 'blocks drawn anew',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: labels.map(({ x }) => x),
        tickFormat: (x: number) => String(x),
      },
      y: { domain: [Math.max(-1, Math.floor(lowest * 5) / 5), 1], label: null, grid: true, ticks: 5 },
      color: { domain: Object.keys(handlingColours), range: Object.values(handlingColours) },
      marks: [
        Plot.ruleY([0], { stroke: '#888' }),
        Plot.areaY(
          same.filter(({ low }) => low !== undefined),
          { x: 'x', y1: 'low', y2: 'high', fx, fy, fill: 'handling', fillOpacity: 0.18 },
        ),
        Plot.line(
          data.filter(({ kind }) => kind === 'chance'),
          { x: 'x', y: 'y', z: 'variant', fx, fy, stroke: '#555', strokeDasharray: '3 3' },
        ),
        Plot.line(same, { x: 'x', y: 'y', z: 'variant', fx, fy, stroke: 'handling', strokeWidth: 2 }),
        Plot.dot(same, { x: 'x', y: 'y', fx, fy, fill: 'handling', r: 2.5 }),
        Plot.text(shown, {
          text: ({ id }: VariantRecord) => id,
          fx: ({ id }: VariantRecord) => place.get(id)?.fx,
          fy: ({ id }: VariantRecord) => place.get(id)?.fy,
          frameAnchor: 'top',
          dy: -14,
          fontWeight: 600,
        }),
      ],
    },
    `${check.title}: similarity to the original map along the randomisation`,
  )
  const steps = labels.map(({ x, label }) => `${x} ${label}`).join(', ')
  return html`<figure>
    ${plot}
    <figcaption>
      ${check.title}: similarity (${curves[0]?.metric}) of each map with the map of the trained model, as more
      of the model is drawn anew (from left to right: ${steps}). Solid: the same image, with its 95 %
      interval, coloured by handling
      (${Object.entries(handlingColours).map(([name, colour], i) => html`${i === 0 ? '' : ', '}<span style="color:${colour}">${name}</span>`)});
      dashed: different images, the level that needs no dependence on the image.
    </figcaption>
  </figure>`
}
