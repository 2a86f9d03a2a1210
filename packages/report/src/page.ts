import { counted } from '@saliency/core'
import { accuracySentence } from './accuracy.ts'
import { adviceSection } from './advice/advice-section.ts'
import { disagreementSection } from './advice/disagreement-section.ts'
import { answer } from './answer.ts'
import { judgedChecks, judgingOf } from './content.ts'
import { figuresOf } from './figures.ts'
import { contrastFigure } from './forest.ts'
import { gallery } from './gallery.ts'
import { folded, isLarge } from './families.ts'
import { type DrawnImage, drawMaps, type EmbedPixels, type ShownImage } from './map-images.ts'
import { overviewSection } from './overview.ts'
import { protocolsSection } from './advice/protocols-section.ts'
import { recommend } from './advice/recommend.ts'
import { script } from './script.ts'
import { variantPages } from './variant-page.ts'
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
  /** Makes pictures for the page; by default the native library, which a browser has not. */
  readonly embed?: EmbedPixels
}

/** Loaded when it is needed, so that a page in a browser can do without. */
const embedNatively = async (): Promise<EmbedPixels> => (await import('./render/embed-pixels.ts')).embedPixels

/** A part of the page. */
interface Section {
  readonly title: string
  readonly body: Html
}

/** What a link to a part of the page names. */
const anchor = (title: string) => title.toLowerCase().replace(/[^a-z]+/g, '-')

function sectionHtml({ title, body }: Section): Html {
  return html`<section id="${anchor(title)}">
    <h2>${title}</h2>
    ${body}
  </section>`
}

/** The parts between the answer and the maps. */
function sectionsBefore({ record, summary }: ReportRequest): Section[] {
  const { variants } = record.identity
  const checks = judgedChecks(summary, variants)
  return [
    { title: 'All variants', body: overviewSection(record, summary) },
    { title: 'Paired contrasts', body: contrastFigure(checks) },
    { title: 'Verdicts', body: html`${checks.map(verdictSection)}` },
    { title: 'Published protocols', body: protocolsSection(record, summary) },
    { title: 'Where metrics of faithfulness disagree', body: disagreementSection(record, summary) },
    { title: 'Figures', body: html`${summary.checks.map((check) => figuresOf(check, variants))}` },
  ]
}

/** The parts below the maps. */
function sectionsAfter({ record, summary, threshold }: ReportRequest): Section[] {
  const { variants } = record.identity
  const definitions = variantSection(record)
  return [
    { title: 'Other measurements, shown and not judged', body: measurementSection(summary) },
    { title: 'Protocol', body: protocolSection(record) },
    {
      title: 'Variants',
      body: isLarge(variants) ? folded('Definitions and options', definitions, false) : definitions,
    },
    {
      title: 'Methods paragraph and citation',
      body: methodsSection(record, judgingOf(summary, threshold)),
    },
  ]
}

/** The parts below the answer; those with nothing to show are left out. */
async function sectionsOf(request: ReportRequest, drawn: Promise<readonly DrawnImage[]>): Promise<Section[]> {
  // Threads of their own encode the pictures, while the figures are drawn here.
  const [before, after] = [sectionsBefore(request), sectionsAfter(request)]
  const maps = { title: 'Maps', body: gallery(await drawn, request.record.identity.variants) }
  return [...before, maps, ...after].filter(({ body }) => body.html.trim() !== '')
}

/** A study's report: one HTML page that needs nothing else. Its script sorts, filters and saves; without it all can be read. */
export async function reportPage(request: ReportRequest): Promise<string> {
  const { record, summary, threshold, failures } = request
  const { variants, model, images } = record.identity
  const checks = judgedChecks(summary, variants)
  const few = images.count < 100 ? ` Fewer than 100 images: every verdict is preliminary.` : ''
  const moved = threshold === undefined ? '' : ` Judged anew with the threshold ${threshold}.`
  const drawing = drawMaps(request.images, request.embed ?? (await embedNatively()))
  const sections = await sectionsOf(request, drawing)
  const drawn = await drawing
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
      <body id="top">
        <header>
          <h1>Do these maps explain the prediction?</h1>
          <p class="meta">
            ${counted(variants.length, 'variant')} · ${model.name} · ${counted(images.count, 'image')}
            (${images.name}) · run ${record.run} · ${record.created.slice(0, 10)}
          </p>
          <nav>${sections.map(({ title }) => html`<a href="#${anchor(title)}">${title}</a> `)}</nav>
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
        ${sections.map(sectionHtml)}
        <footer>
          <p class="meta">
            ${summary.rows.toLocaleString('en')} rows in the run folder; <code>saliency report</code> draws
            this page anew from them, <code>saliency query</code> asks them in SQL.
          </p>
        </footer>
        ${variantPages({ record, summary, advice: recommend(record, summary), images: drawn })}
        <script>
          ${raw(script)}
        </script>
      </body>
    </html>`
  return page.html
}
