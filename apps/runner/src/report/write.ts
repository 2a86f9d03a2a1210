import { counted } from '../counted.ts'
import { writeAtomically } from '../files.ts'
import type { StudyFailures } from '../store/failures.ts'
import type { StudyRecord } from '../store/run-folder.ts'
import type { CheckSummary, StudySummary } from '../study/summarise.ts'
import { answer } from './answer.ts'
import { judgedChecks, judgingOf, otherFindings } from './content.ts'
import { figuresOf } from './figures.ts'
import { forestPlot } from './forest.ts'
import { gallery } from './gallery.ts'
import type { GalleryImage } from './gallery-images.ts'
import { type Html, html, raw, withInterval } from './html.ts'
import { methodsSection, protocolSection, variantSection } from './protocol.ts'
import { style } from './style.ts'
import { verdictSection } from './verdicts.ts'

/** What a report is made from: nothing but what lies in the run folder. */
export interface ReportRequest {
  readonly folder: string
  readonly record: StudyRecord
  readonly summary: StudySummary
  readonly threshold?: number
  readonly failures?: StudyFailures
  /** Images whose maps are shown. */
  readonly images: readonly GalleryImage[]
}

function problems({ record, summary, failures }: ReportRequest): Html {
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

/** Notes of checks that give no verdicts; the others' stand below their verdicts. */
function notesOf(check: CheckSummary): Html[] {
  const isJudged = check.findings.some(({ kind }) => kind === 'verdict')
  return isJudged ? [] : (check.notes ?? []).map((note) => html`<p class="caption">${note}</p>`)
}

function measurements({ summary }: ReportRequest): Html {
  const sections = summary.checks.map((check) => {
    const findings = otherFindings(check)
    if (findings.length === 0) return html``
    const body = findings.map(
      ({ variant, metric, value, interval, images, undefinedCount, outcome, notes = [] }) =>
        html`<tr>
          <th scope="row"><code>${variant}</code></th>
          <td>${metric}</td>
          <td>${withInterval(value, interval?.[0], interval?.[1])}</td>
          <td>${outcome ?? ''}</td>
          <td>${images}</td>
          <td>${undefinedCount}</td>
          <td><small>${notes.join('; ')}</small></td>
        </tr>`,
    )
    return html`<h3>${check.title}</h3>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>variant</th>
              <th>metric</th>
              <th>value</th>
              <th></th>
              <th>images</th>
              <th>undefined</th>
              <th></th>
            </tr>
          </thead>
          <tbody>
            ${body}
          </tbody>
        </table>
      </div>
      ${notesOf(check)}`
  })
  if (sections.every(({ html: text }) => text === '')) return html``
  return html`<section>
    <h2>Other measurements, shown and not judged</h2>
    ${sections}
  </section>`
}

/** The whole page. */
export async function reportPage(request: ReportRequest): Promise<string> {
  const { folder, record, summary, threshold } = request
  const { variants, model, images } = record.identity
  const checks = judgedChecks(summary, variants)
  const few = images.count < 100 ? ` Fewer than 100 images: every verdict is preliminary.` : ''
  const moved = threshold === undefined ? '' : ` Judged anew with the threshold ${threshold}.`
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Saliency study: ${model.name}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>Do these maps explain the prediction?</h1>
          <p class="meta">
            ${counted(variants.length, 'variant')} · ${model.name} · ${counted(images.count, 'image')}
            (${images.name}) · run ${record.run} · ${record.created.slice(0, 10)}
          </p>
        </header>
        <section>
          <h2>Question and answer</h2>
          <p>
            A map that explains why a model predicts a class must change when another class is explained, and
            when the model's parameters change. Each variant is compared with a counterpart that differs in
            nothing but the handling of the sign of gradients or relevance.${few}${moved}
          </p>
          ${answer(checks)}${problems(request)}
        </section>
        <section>
          <h2>Paired contrasts</h2>
          <figure>
            ${forestPlot(checks)}
            <figcaption>
              How much of its counterpart's dependence each variant keeps, on the same images: 1 (dashed) is
              all of it, 0 is none. Points with 95 % intervals, none where one draw of random weights cannot
              give one; colours are families of methods.
            </figcaption>
          </figure>
        </section>
        <section>
          <h2>Verdicts</h2>
          ${checks.map(verdictSection)}
        </section>
        <section>
          <h2>Figures</h2>
          ${summary.checks.map((check) => figuresOf(check, variants))}
        </section>
        <section>
          <h2>Maps</h2>
          ${await gallery(folder, record, request.images)}
        </section>
        ${measurements(request)}
        <section>
          <h2>Protocol</h2>
          ${protocolSection(record)}
        </section>
        <section>
          <h2>Variants</h2>
          <p>Definitions of variants that no paper states are reconstructions.</p>
          ${variantSection(record)}
        </section>
        <section>
          <h2>Methods paragraph and citation</h2>
          ${methodsSection(record, judgingOf(summary, threshold))}
        </section>
        <footer>
          <p class="meta">
            ${summary.rows.toLocaleString('en')} rows in the run folder; <code>saliency report</code> draws
            this page anew from them, <code>saliency query</code> asks them in SQL.
          </p>
        </footer>
      </body>
    </html>`
  return page.html
}

/** Writes a run's report as one HTML file that needs nothing else. */
export async function writeReport(request: ReportRequest, path: string): Promise<void> {
  writeAtomically(path, await reportPage(request))
}
