import { supportedMarkdown } from '@saliency/model-formats'
import type { Pages } from './catalogue.ts'
import { generatedNote } from './markdown.ts'

/** What each importer supports, read off the importers' own tables. */
export function generateFormats(pages: Pages): void {
  const intro =
    'A model that needs anything else is refused with one error that lists all of it by layer and operator, with the nearest that is supported. ' +
    'Layers that only training uses are skipped. A final softmax or sigmoid is split off: methods explain the logits in front of it.'
  pages.set(
    'docs/reference/formats.md',
    `# Model formats\n\n${generatedNote}\n\n${intro}\n\n${supportedMarkdown()}`,
  )
}
