import { variantLink } from '../families.ts'
import { figure, type Html, html } from '../html.ts'
import type { StudyRecord, StudySummary } from '../study.ts'
import { disagreementOf, type VariantRanks } from './disagreement.ts'

function row({ variant, ranks, spread }: VariantRanks): Html {
  const cells = ranks.map((one) =>
    one ? html`<td title="${figure(one.value)}">${one.rank}</td>` : html`<td>–</td>`,
  )
  const text = !spread ? '–' : spread[0] === spread[1] ? spread[0] : `${spread[0]} to ${spread[1]}`
  return html`<tr>
    <th scope="row">${variantLink(variant)}</th>
    ${cells}
    <td>${text}</td>
  </tr>`
}

/** Ranks of every variant under every metric of faithfulness, with their spread; nothing where there are not two metrics. */
export function disagreementSection(record: StudyRecord, summary: StudySummary): Html {
  const found = disagreementOf(record, summary)
  if (!found) return html``
  const { metrics, variants, contradictions } = found
  const items = contradictions.map((text) => html`<li>${text}</li>`)
  const list = html`<ul>
    ${items}
  </ul>`
  return html`<div class="scroll filterable">
      <table class="sortable">
        <thead>
          <tr>
            <th>variant</th>
            ${metrics.map((metric) => html`<th>${metric}</th>`)}
            <th>ranks</th>
          </tr>
        </thead>
        <tbody>
          ${variants.map(row)}
        </tbody>
      </table>
    </div>
    <p class="caption">
      Rank 1 and as many as are better beyond their intervals: equal ranks are ties. Metrics of faithfulness
      disagree, so there is no mean of them.
    </p>
    ${contradictions.length === 0 ? html`` : list}`
}
