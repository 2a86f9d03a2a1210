import { errorCodes } from '@saliency/core'
import type { Pages } from './catalogue.ts'
import { generatedNote, table } from './markdown.ts'

/** The page of error codes and of the command's exit codes. */
export function generateErrors(pages: Pages): void {
  const rows = Object.entries(errorCodes).map(([code, { meaning, remedy }]) => [
    `\`${code}\``,
    meaning,
    remedy,
  ])
  const exits = table(
    ['exit code', 'meaning'],
    [
      ['0', 'Everything asked for was done.'],
      ['1', 'Some units or methods failed; the rest is there, and the report shows which.'],
      ['2', 'The input was wrong; nothing was lost, and the message says what to do.'],
      ['130', 'Stopped by Ctrl-C; the same command goes on where it stopped.'],
    ],
  )
  pages.set(
    'docs/reference/errors.md',
    `# Error codes\n\n${generatedNote}\n\nEvery error that a user can act on is a \`SaliencyError\` with one of these codes.\n\n${table(['code', 'what it means', 'what to do'], rows)}\n\n## Exit codes of the command\n\n${exits}\n`,
  )
}
