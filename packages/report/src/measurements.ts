import { counted } from '@saliency/core'
import { otherFindings } from './content.ts'
import { folded, isLarge, variantLink } from './families.ts'
import { type Html, html, withInterval } from './html.ts'
import { sortableTable } from './sortable-table.ts'
import type { CheckSummary, StudySummary } from './study.ts'

/** Notes of checks that give no verdicts; the others' stand below their verdicts. */
function notesOf(check: CheckSummary): Html[] {
  const isJudged = check.findings.some(({ kind }) => kind === 'verdict')
  return isJudged ? [] : (check.notes ?? []).map((note) => html`<p class="caption">${note}</p>`)
}

/** Findings beside verdicts and contrasts, check by check. */
export function measurementSection({ checks }: StudySummary): Html {
  const sections = checks.map((check) => {
    const findings = otherFindings(check)
    if (findings.length === 0) return html``
    const rows = findings.map(
      ({ variant, metric, value, interval, images, undefinedCount, outcome, notes = [] }) =>
        html`<tr>
          <th scope="row">${variantLink(variant)}</th>
          <td>${metric}</td>
          <td>${withInterval(value, interval?.[0], interval?.[1])}</td>
          <td>${outcome ?? ''}</td>
          <td>${images}</td>
          <td>${undefinedCount}</td>
          <td><small>${notes.join('; ')}</small></td>
        </tr>`,
    )
    const table = sortableTable(
      ['variant', 'metric', 'value', '', 'images', 'undefined', ''],
      rows,
      'filterable',
    )
    return html`<h3>${check.title}</h3>
      ${isLarge(findings) ? folded(counted(findings.length, 'row'), table, false) : table} ${notesOf(check)}`
  })
  return html`${sections}`
}
