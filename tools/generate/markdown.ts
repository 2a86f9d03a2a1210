/** A Markdown table; pipes in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Puts `content` between the markers of one generated section; the rest of the page is written by hand. */
export function replaceSection(page: string, name: string, content: string): string {
  const [open, close] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`]
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start < 0 || end < 0) return page
  return `${page.slice(0, start + open.length)}\n\n${content}\n\n${page.slice(end)}`
}

/** The note under every generated page's title. */
export const generatedNote = '<!-- Generated from source by `npm run generate`; do not edit. -->'
