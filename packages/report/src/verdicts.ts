import { counted, type Estimated } from '@saliency/core'
import type { CheckSummary } from './study.ts'
import { toneOf } from './advice/axes.ts'
import type { Judged } from './content.ts'
import { familiesOf, folded, isLarge, variantLink } from './families.ts'
import { type Html, html, withInterval } from './html.ts'

function outcomeCell({ verdict, variant }: Judged): Html {
  if (!verdict) return html`<td></td>`
  const outcome = verdict.outcome ?? 'shown, not judged'
  const changes = verdict.thresholds
    .filter((other) => other.outcome !== outcome)
    .map((other) => `at ${String(other.threshold).replace(/^0\./, '.')}: ${other.outcome}`)
    .join('; ')
  const expected = variant.control && variant.expected !== undefined && variant.expected !== outcome
  return html`<td class="outcome ${toneOf(outcome)}">
    ${outcome}${changes === '' ? '' : html`<br /><small>${changes}</small>`}${expected ? html`<br /><small><strong>expected: ${variant.expected}</strong></small>` : ''}
  </td>`
}

function contrastCells({ contrast }: Judged): Html {
  if (!contrast)
    return html`<td>–</td>
      <td>–</td>`
  if (contrast.outcome !== undefined)
    return html`<td><small>${contrast.outcome}</small></td>
      <td>–</td>`
  const p = contrast.pHolm ?? contrast.p
  const text = typeof p !== 'number' ? '–' : p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, '')
  return html`<td class="number">
      ${withInterval(contrast.value, contrast.interval?.[0], contrast.interval?.[1])}
    </td>
    <td>${text}</td>`
}

function row(judged: Judged): Html {
  const { variant, verdict, contrast } = judged
  const at = (estimate: Estimated | undefined) =>
    withInterval(estimate?.value, estimate?.interval?.[0], estimate?.interval?.[1])
  const notes = new Set([...(verdict?.notes ?? []), ...(contrast?.notes ?? [])])
  if ((verdict?.undefinedCount ?? 0) > 0) notes.add(`${verdict?.undefinedCount} undefined`)
  return html`<tr class="${variant.control ? 'control' : ''}">
    <th scope="row">${variantLink(variant.id)}${variant.control ? html` <small>control</small>` : ''}</th>
    <td><span class="handling ${variant.handling}">${variant.handling}</span></td>
    <td>${at(verdict?.same)}</td>
    <td>${at(verdict?.chance)}</td>
    <td>${withInterval(verdict?.value, verdict?.interval?.[0], verdict?.interval?.[1])}</td>
    ${outcomeCell(judged)}${contrastCells(judged)}
    <td><small>${[...notes].join('; ')}</small></td>
  </tr>`
}

function verdictTable(judged: readonly Judged[]): Html {
  return html`<div class="scroll">
    <table class="verdicts sortable">
      <thead>
        <tr>
          <th>variant</th>
          <th>handling</th>
          <th>s, same image</th>
          <th>c, different images</th>
          <th>e = (s − c)/(1 − c)</th>
          <th>verdict</th>
          <th>retained dependence</th>
          <th>p (Holm)</th>
          <th>notes</th>
        </tr>
      </thead>
      <tbody>
        ${judged.map(row)}
      </tbody>
    </table>
  </div>`
}

/** How often each outcome came out, most frequent first. */
function tally(judged: readonly Judged[]): string {
  const outcomes = judged.map(({ verdict }) => verdict?.outcome ?? 'not judged')
  const counts = [...new Set(outcomes)].map((outcome) => {
    return { outcome, count: outcomes.filter((other) => other === outcome).length }
  })
  return counts
    .toSorted((a, b) => b.count - a.count)
    .map(({ outcome, count }) => `${count} ${outcome}`)
    .join(', ')
}

/** One check's verdicts, a family of methods a fold where there are many. */
export function verdictSection({ check, judged }: { check: CheckSummary; judged: readonly Judged[] }): Html {
  const images = Math.max(0, ...judged.map(({ verdict }) => verdict?.images ?? 0))
  const families = familiesOf(judged.map(({ variant }) => variant)).map(({ method, title }) => {
    const own = judged.filter(({ variant }) => variant.method === method)
    return folded(html`<strong>${title}</strong>: ${tally(own)}`, verdictTable(own), false)
  })
  return html`<h3>${check.title}</h3>
    <div class="filterable">${isLarge(judged) ? families : verdictTable(judged)}</div>
    <p class="caption">
      ${counted(images, 'image')}; 95 % intervals over images, and over draws of random weights where the
      check draws them. Verdicts that another threshold would change show it.
    </p>
    ${(check.notes ?? []).map((note) => html`<p class="caption">${note}</p>`)}`
}
