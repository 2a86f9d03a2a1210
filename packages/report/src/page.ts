import { counted } from '@saliency/core'
import { accuracySentence } from './accuracy.ts'
import { adviceSection } from './advice/advice-section.ts'
import { disagreementSection } from './advice/disagreement-section.ts'
import { answer } from './answer.ts'
import { judgedChecks, judgingOf } from './content.ts'
import { figuresOf } from './figures.ts'
import { contrastFigure } from './forest.ts'
import { gallery, type ShownImage } from './gallery.ts'
import { type Html, html, raw } from './html.ts'
import { measurementSection } from './measurements.ts'
import { missingSection } from './missing.ts'
import { methodsSection, protocolSection, variantSection } from './protocol.ts'
import type { StudyFailures, StudyRecord, StudySummary } from './study.ts'
import { style } from './style.ts'
import { verdictSection } from './verdicts.ts'

/** What a report is made from. */
export interface ReportRequest {
  readonly record: StudyRecord
  readonly summary: StudySummary
  /** What the run was judged anew with, in [0, 1]; nothing where each check judged with its own. */
  readonly threshold?: number
  readonly failures?: StudyFailures
  /** Images whose maps are shown: those that `galleryImages` chooses. */
  readonly images: readonly ShownImage[]
}

/** A part of the page; nothing where there is nothing to show. */
function section(title: string, body: Html): Html {
  if (body.html.trim() === '') return html``
  return html`<section>
    <h2>${title}</h2>
    ${body}
  </section>`
}

/** A study's report: one HTML page without scripts that needs nothing else. */
export async function reportPage(request: ReportRequest): Promise<string> {
  const { record, summary, threshold, failures } = request
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
          ${summary.accuracy ? html`<p>${accuracySentence(summary.accuracy)}</p>` : ''}
          ${adviceSection(record, summary)}${answer(checks)}${missingSection(record, summary, failures)}
        </section>
        ${section('Paired contrasts', contrastFigure(checks))}
        ${section('Verdicts', html`${checks.map(verdictSection)}`)}
        ${section('Where metrics of faithfulness disagree', disagreementSection(record, summary))}
        ${section('Figures', html`${summary.checks.map((check) => figuresOf(check, variants))}`)}
        ${section('Maps', await gallery(request.images, variants))}
        ${section('Other measurements, shown and not judged', measurementSection(summary))}
        ${section('Protocol', protocolSection(record))} ${section('Variants', variantSection(record))}
        ${section('Methods paragraph and citation', methodsSection(record, judgingOf(summary, threshold)))}
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
