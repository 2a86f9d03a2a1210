import * as Plot from '@observablehq/plot'
import type { Curve } from '@saliency/core'
import { ACTIVATION_SCALE, LOGIT_SPREAD } from '@saliency/sanity'
import type { CheckSummary } from '../study/summarise.ts'
import { type Html, html } from './html.ts'
import { drawPlot } from './plot.ts'

interface Point {
  readonly block: string
  readonly depth: number
  readonly x: number
  readonly y: number
}

function pointsOf(curves: readonly Curve[]): Point[] {
  return curves.flatMap(({ metric, points }, depth) => {
    const block = metric.slice(`${ACTIVATION_SCALE} at `.length)
    return points.flatMap(({ x, y }) => (y === null || y <= 0 ? [] : [{ block, depth, x, y }]))
  })
}

/** How large activations and logits are under random weights, step by step; empty where nothing was recorded. */
export function scaleFigure(check: CheckSummary): Html {
  const curves = check.curves ?? []
  const activations = curves.filter(({ metric }) => metric.startsWith(`${ACTIVATION_SCALE} at `))
  const spread = curves.find(({ metric }) => metric === LOGIT_SPREAD)
  const [first] = activations
  if (!first) return html``
  const data = pointsOf(activations)
  const logits = pointsOf(spread ? [spread] : [])
  const plot = drawPlot(
    {
      width: 560,
      height: 260,
      marginLeft: 56,
      marginBottom: 44,
      x: {
        label: 'blocks drawn anew',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: first.points.map(({ x }) => x),
        tickFormat: String,
      },
      y: { type: 'log', label: null, grid: true, ticks: 5, tickFormat: '.0e', nice: true },
      color: { type: 'linear', domain: [0, activations.length], scheme: 'viridis' },
      marks: [
        Plot.ruleY([1], { stroke: '#888' }),
        Plot.line(data, { x: 'x', y: 'y', z: 'block', stroke: 'depth', strokeWidth: 1.5 }),
        Plot.line(logits, { x: 'x', y: 'y', stroke: '#000', strokeWidth: 2, strokeDasharray: '5 3' }),
      ],
    },
    `${check.title}: the scale of activations and logits under random weights, as shares of the trained model's`,
  )
  const names = activations.map(({ metric }) => metric.slice(`${ACTIVATION_SCALE} at `.length)).join(', ')
  return html`<figure>
    ${plot}
    <figcaption>
      ${check.title}: root mean square of the activations at the end of each block (dark to light: ${names})
      and, dashed, the spread of the logits, as shares of the trained model's, on the first draw. Far from 1,
      similarities may say more about scale than about the methods.
    </figcaption>
  </figure>`
}
