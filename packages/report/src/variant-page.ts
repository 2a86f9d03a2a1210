import type { Finding } from '@saliency/core'
import { cardHtml } from './advice/card-html.ts'
import { toneOf } from './advice/axes.ts'
import { agreementOn, agreementSentence } from './advice/protocols.ts'
import type { Advice } from './advice/recommend.ts'
import { folded, pageOf, variantLink } from './families.ts'
import { curvesOf } from './figures.ts'
import { type Html, html, withInterval } from './html.ts'
import type { DrawnImage } from './map-images.ts'
import { sortableTable } from './sortable-table.ts'
import type { StudyRecord, StudySummary, VariantRecord } from './study.ts'

/** What the pages of a study's variants are made from. */
interface PagesRequest {
  readonly record: StudyRecord
  readonly summary: StudySummary
  readonly advice: readonly Advice[]
  readonly images: readonly DrawnImage[]
}

function maps({ id }: VariantRecord, images: readonly DrawnImage[]): Html {
  const shown = images.filter(({ columns }) => columns.some((column) => column.maps.has(id)))
  if (shown.length === 0) return html`<p>The run folder holds no maps of it.</p>`
  const cell = (picture: Html | undefined, name: string) =>
    picture ? html`<div class="tile">${picture}<small>${name}</small></div>` : ''
  return html`<figure data-name="${id}">
    ${shown.map(
      ({ id: image, note, picture, columns }) =>
        html`<div class="sheet">
          <h4>${image} ${note}</h4>
          ${cell(picture, 'image')}${columns.map(({ name, maps: own }) => cell(own.get(id), name))}
        </div>`,
    )}
  </figure>`
}

function meaningOf(finding: Finding): string {
  if (finding.kind === 'contrast') return `retained dependence beside ${finding.counterpart}`
  return finding.kind === 'verdict' ? `e of ${finding.metric}` : finding.metric
}

function findingRow(title: string, finding: Finding): Html {
  const { value, interval, outcome, images, undefinedCount, notes = [] } = finding
  return html`<tr>
    <td>${title}</td>
    <td>${meaningOf(finding)}</td>
    <td>${withInterval(value, interval?.[0], interval?.[1])}</td>
    <td class="outcome ${outcome === undefined ? '' : toneOf(outcome)}">${outcome ?? ''}</td>
    <td>${images}</td>
    <td>${undefinedCount}</td>
    <td><small>${notes.join('; ')}</small></td>
  </tr>`
}

function findings({ id }: VariantRecord, { checks }: StudySummary): Html {
  const rows = checks.flatMap(({ title, findings: all }) =>
    all.filter(({ variant }) => variant === id).map((finding) => findingRow(title, finding)),
  )
  if (rows.length === 0) return html`<p>No check of this study says anything of it.</p>`
  const head = ['check', 'measured', 'value', 'outcome', 'images', 'undefined', '']
  return sortableTable(head, rows, 'as it is')
}

function page(variant: VariantRecord, request: PagesRequest): Html {
  const { record, summary, advice, images } = request
  const { id, handling, counterpart, description, title, control } = variant
  const protocols = agreementOn(id, summary).map(agreementSentence)
  const reasons = [...(advice.find((one) => one.variant === id)?.reasons ?? []), ...protocols]
  const curves = summary.checks.flatMap((check) => curvesOf(check, variant))
  return html`<article id="${pageOf(id)}">
    <nav><a href="#top">← the whole study</a></nav>
    <h2>
      <code>${id}</code>
      <span class="handling ${handling}">${handling}</span>${control ? html` <small>control</small>` : ''}
    </h2>
    <p>
      ${title}.
      ${description}${counterpart === undefined ? '' : html` Counterpart: ${variantLink(counterpart)}.`}
    </p>
    ${reasons.length === 0 ? '' : html`<p class="answer">${reasons.join(' ')}</p>`}
    <h3>Maps</h3>
    ${maps(variant, images)}${
      curves.length === 0
        ? ''
        : html`<h3>Curves</h3>
            ${curves}`
    }
    <h3>Findings</h3>
    ${findings(variant, summary)}${folded(html`<strong>Saliency card</strong>`, cardHtml(id, record, summary), false)}
  </article>`
}

/** A page for each variant: a section that a link opens alone. */
export function variantPages(request: PagesRequest): Html {
  return html`<div class="pages">
    ${request.record.identity.variants.map((variant) => page(variant, request))}
  </div>`
}
