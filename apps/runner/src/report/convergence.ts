import * as Plot from '@observablehq/plot'
import type { Curve } from '@saliency/core'
import { CONVERGENCE_CURVE } from '@saliency/sanity'
import type { VariantRecord } from '../study/facts.ts'
import type { CheckSummary } from '../study/summarise.ts'
import { categories } from './colours.ts'
import { type Html, html } from './html.ts'
import { drawPlot } from './plot.ts'

const CHANCE = ' chance'
const PANELS_PER_ROW = 4
/** What 32-bit floats can tell from complete convergence. */
const FLOOR = 1e-6

/** The power of ten below every line, at most a thousandth. */
function bottomOf(lines: readonly Line[]): number {
  const lowest = Math.min(...lines.flatMap(({ points }) => points.map(({ low }) => low)))
  return Math.min(1e-3, 10 ** Math.floor(Math.log10(lowest)))
}

interface Line {
  readonly variant: string
  readonly start: string
  readonly isChance: boolean
  readonly points: readonly {
    readonly layer: string
    readonly y: number
    readonly low: number
    readonly high: number
  }[]
}

function lineOf({ variant, metric, points }: Curve): Line {
  const isChance = metric.endsWith(CHANCE)
  const clip = (value: number) => Math.max(FLOOR, value)
  return {
    variant,
    start: metric.slice(CONVERGENCE_CURVE.length, isChance ? -CHANCE.length : undefined),
    isChance,
    points: points.flatMap(({ label, y, low = y, high = y }) =>
      y === null ? [] : [{ layer: label, y: clip(y), low: clip(low ?? y), high: clip(high ?? y) }],
    ),
  }
}

function draw(lines: readonly Line[], shown: readonly string[], title: string): Html {
  const longest = lines.reduce((a, b) => (b.points.length > a.points.length ? b : a))
  const layers = longest.points.map(({ layer }) => layer)
  const starts = [...new Set(lines.map(({ start }) => start))]
  const fx = ({ variant }: { variant: string }) => shown.indexOf(variant) % PANELS_PER_ROW
  const fy = ({ variant }: { variant: string }) => Math.floor(shown.indexOf(variant) / PANELS_PER_ROW)
  const points = lines.flatMap(({ points: own, ...line }) =>
    own.map((point) => ({ ...line, ...point, x: layers.indexOf(point.layer) })),
  )
  const own = points.filter(({ isChance }) => !isChance)
  const chance = points.filter(({ isChance, start }) => isChance && start === longest.start)
  const place = { x: 'x', fx, fy } as const
  return drawPlot(
    {
      width: 990,
      height: 60 + Math.ceil(shown.length / PANELS_PER_ROW) * 170,
      margin: 20,
      marginLeft: 50,
      marginBottom: 44,
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.16 },
      x: {
        label: 'layers, from the start down to the image',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: layers.map((_, i) => i),
        tickFormat: (i: number) => String(i + 1),
      },
      y: {
        type: 'log',
        domain: [bottomOf(lines), 1],
        clamp: true,
        label: null,
        grid: true,
        ticks: 4,
        tickFormat: '.0e',
      },
      color: { domain: starts, range: [...categories], legend: false },
      marks: [
        Plot.areaY(own, { ...place, y1: 'low', y2: 'high', z: 'start', fill: 'start', fillOpacity: 0.15 }),
        Plot.line(chance, { ...place, y: 'y', z: 'start', stroke: '#555', strokeDasharray: '3 3' }),
        Plot.line(own, { ...place, y: 'y', z: 'start', stroke: 'start', strokeWidth: 2 }),
        Plot.dot(own, { ...place, y: 'y', fill: 'start', r: 2.5 }),
        Plot.text(
          shown.map((variant) => ({ variant })),
          { text: 'variant', fx, fy, frameAnchor: 'top', dy: -14, fontWeight: 600 },
        ),
      ],
    },
    title,
  )
}

/** 1 − |cos| between the signals of random starts on their way to the image, a panel a variant; empty for other checks. */
export function convergenceFigure(check: CheckSummary, variants: readonly VariantRecord[]): Html {
  const lines = (check.curves ?? []).filter(({ metric }) => metric.startsWith(CONVERGENCE_CURVE)).map(lineOf)
  const shown = variants.map(({ id }) => id).filter((id) => lines.some(({ variant }) => variant === id))
  if (shown.length === 0) return html``
  const longest = lines.reduce((a, b) => (b.points.length > a.points.length ? b : a))
  const names = longest.points.map(({ layer }, i) => `${i + 1} ${layer}`).join(', ')
  const starts = [...new Set(lines.map(({ start }) => start))].map(
    (start, i) =>
      html`${i === 0 ? '' : ', '}<span style="color:${categories[i % categories.length]}">${start}</span>`,
  )
  return html`<figure>
    ${draw(lines, shown, `${check.title}: 1 minus the cosine between the signals of random starts, layer by layer`)}
    <figcaption>
      ${check.title}: how far signals that start as noise at a layer (${starts}) still differ further down
      (${names}), as 1 − |cos| between their channel vectors, the median over places and pairs; the mean over
      images with its 95 % interval. A line that falls says that the start survives as a factor only. Dashed:
      independent Gaussian vectors with as many channels. Variants that carry no signal to the image are
      listed below as not applicable.
    </figcaption>
  </figure>`
}
