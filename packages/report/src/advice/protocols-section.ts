import { variantLink } from '../families.ts'
import { type Html, html } from '../html.ts'
import type { StudyRecord, StudySummary } from '../study.ts'
import { toneOf } from './axes.ts'
import { type Agreement, agreementOf } from './protocols.ts'

function row({ variant, axis, outcome, holds, of, answers }: Agreement, protocols: readonly string[]): Html {
  const cells = protocols.map((name) => {
    const says = answers.find(({ published }) => published === name)?.says
    return says === undefined ? html`<td>–</td>` : html`<td class="${toneOf(says)}">${says}</td>`
  })
  return html`<tr>
    <th scope="row">${variantLink(variant)}</th>
    <td>${axis}</td>
    <td class="outcome ${toneOf(outcome)}">${outcome}</td>
    <td>${holds} of ${of}</td>
    ${cells}
  </tr>`
}

/** Every verdict beside what published protocols say; nothing where the study asked none. */
export function protocolsSection({ identity }: StudyRecord, summary: StudySummary): Html {
  const all = agreementOf(identity.variants, summary)
  if (all.length === 0) return html``
  const protocols = [...new Set(all.flatMap(({ answers }) => answers.map(({ published }) => published)))]
  return html`<div class="scroll filterable">
      <table class="sortable">
        <thead>
          <tr>
            <th>variant</th>
            <th>axis</th>
            <th>verdict</th>
            <th>holds under</th>
            ${protocols.map((name) => html`<th>${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${all.map((one) => row(one, protocols))}
        </tbody>
      </table>
    </div>
    <p class="caption">
      Each protocol decides by its own similarity, reduction and target, without a level of chance. Where they
      differ, the verdict depends on how one asks.
    </p>`
}
