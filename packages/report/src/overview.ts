import { recommend } from './advice/recommend.ts'
import { type AxisVerdict, toneOf } from './advice/axes.ts'
import { variantLink } from './families.ts'
import { type Html, html, withInterval } from './html.ts'
import { sortableTable } from './sortable-table.ts'
import type { StudyRecord, StudySummary } from './study.ts'

const words = { yes: 'yes', no: 'no', undecided: 'undecided' } as const
const tones = { yes: 'good', no: 'bad', undecided: 'open' } as const

function axisCell(verdict: AxisVerdict | undefined): Html {
  if (!verdict) return html`<td>–</td>`
  const { outcome, value, interval } = verdict
  return html`<td class="outcome ${toneOf(outcome)}">
    ${outcome} <small>${withInterval(value, interval?.[0], interval?.[1])}</small>
  </td>`
}

/** Every variant on a line: whether it can be used, and what each axis says. Nothing where nothing is judged. */
export function overviewSection(record: StudyRecord, summary: StudySummary): Html {
  const advice = recommend(record, summary)
  const axes = [...new Set(advice.flatMap(({ verdicts }) => verdicts.map(({ axis }) => axis)))]
  if (axes.length === 0) return html``
  const handlings = new Map(record.identity.variants.map(({ id, handling }) => [id, handling]))
  const rows = advice.map(({ variant, use, verdicts }) => {
    const handling = handlings.get(variant) ?? ''
    return html`<tr>
      <th scope="row">${variantLink(variant)}</th>
      <td><span class="handling ${handling}">${handling}</span></td>
      <td class="outcome ${tones[use]}">${words[use]}</td>
      ${axes.map((axis) => axisCell(verdicts.find((one) => one.axis === axis)))}
    </tr>`
  })
  const head = ['variant', 'handling', 'can be used', ...axes]
  return html`${sortableTable(head, rows, 'filterable')}
    <p class="caption">
      A name leads to the variant's own page: its maps, curves, findings and saliency card. Behind each
      outcome stands the axis's own value with its 95 % interval.
    </p>`
}
