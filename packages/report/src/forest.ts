import * as Plot from '@observablehq/plot'
import type { CheckSummary } from './study.ts'
import { handlingColours } from './colours.ts'
import type { Judged } from './content.ts'
import { type Html, html, withInterval } from './html.ts'
import { drawPlot, framed } from './plot.ts'

interface Point {
  readonly check: string
  readonly pair: string
  readonly handling: string
  /** What is shown on hover. */
  readonly title: string
  readonly value: number
  readonly low?: number
  readonly high?: number
}

function points(checks: readonly { check: CheckSummary; judged: readonly Judged[] }[]): Point[] {
  return checks.flatMap(({ check, judged }) =>
    judged.flatMap(({ variant, contrast }) => {
      if (typeof contrast?.value !== 'number') return []
      const { counterpart } = contrast
      const [low, high] = contrast.interval ?? []
      const pair = `${variant.id}  vs  ${counterpart.startsWith(`${variant.method}/`) ? counterpart.slice(variant.method.length + 1) : counterpart}`
      return [
        {
          check: check.title,
          pair,
          handling: variant.handling,
          value: contrast.value,
          title: `${pair}, ${check.title}: ${withInterval(contrast.value, low, high)}`,
          ...(low !== undefined && high !== undefined && { low, high }),
        },
      ]
    }),
  )
}

/** Paired contrasts with their intervals, one panel a check. */
export function contrastFigure(checks: readonly { check: CheckSummary; judged: readonly Judged[] }[]): Html {
  const data = points(checks)
  if (checks.length === 0) return html``
  if (data.length === 0) return html`<p>No variant of this run has its counterpart beside it.</p>`
  const pairs = [...new Set(data.map(({ pair }) => pair))]
  const panels = [...new Set(data.map(({ check }) => check))]
  const longest = Math.max(...pairs.map((pair) => pair.length))
  const highest = Math.max(1.05, ...data.map(({ value, high }) => high ?? value))
  const plot = drawPlot(
    {
      width: 990,
      height: 70 + pairs.length * 22,
      marginLeft: 14 + longest * 6,
      marginTop: 34,
      marginBottom: 48,
      fx: { domain: panels, label: null, padding: 0.08 },
      x: {
        domain: [0, highest],
        label: 'retained dependence, D(variant) / D(counterpart)',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: 5,
        grid: true,
        nice: true,
      },
      y: { domain: pairs, label: null, tickSize: 0 },
      color: { domain: Object.keys(handlingColours), range: Object.values(handlingColours) },
      marks: [
        Plot.ruleX([1], { stroke: 'currentColor', strokeDasharray: '4 3' }),
        Plot.ruleY(
          data.filter(({ low }) => low !== undefined),
          { fx: 'check', y: 'pair', x1: 'low', x2: 'high', stroke: 'handling', strokeWidth: 2 },
        ),
        Plot.dot(data, { fx: 'check', y: 'pair', x: 'value', fill: 'handling', r: 4, title: 'title' }),
      ],
    },
    'Retained dependence of each variant compared with its counterpart, with 95 % intervals',
  )
  return framed(
    'Paired contrasts',
    plot,
    "How much of its counterpart's dependence each variant keeps, on the same images: 1 (dashed) is all of it, 0 is none. Points with 95 % intervals, none where one draw of random weights cannot give one; coloured by handling, as in the tables.",
  )
}
