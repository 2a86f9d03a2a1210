import { type Html, html } from './html.ts'
import type { StudyFailures, StudyRecord, StudySummary } from './study.ts'

/** What is missing from a study, and why. */
export function missingSection(record: StudyRecord, summary: StudySummary, failures?: StudyFailures): Html {
  const lines = [
    ...(record.notices ?? []),
    ...record.unavailable.map(({ id, reason }) => `${id} is not in the study: ${reason}`),
    ...(failures?.images ?? record.skipped).map(
      ({ id, reason }) => `Image ${id} is left out of every verdict: ${reason}`,
    ),
    ...(failures?.units ?? []).map(({ unit, reason }) => `Unit ${unit} failed: ${reason}`),
    ...summary.failures.map(
      ({ variant, check, note, count }) => `${variant} failed in ${check} (${count} times): ${note}`,
    ),
  ]
  if (lines.length === 0) return html``
  return html`<div class="warning">
    <h3>What is missing</h3>
    <ul>
      ${lines.slice(0, 40).map((line) => html`<li>${line}</li>`)}
    </ul>
    ${lines.length > 40 ? html`<p>… and ${lines.length - 40} more.</p>` : ''}
  </div>`
}
