import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './project.ts'

/** One TypeScript block of a Markdown page. */
export interface CodeBlock {
  readonly page: string
  readonly line: number
  /** Declarations that the page leaves to the reader, from a comment `<!-- given: … -->` above the block. */
  readonly given: string
  readonly code: string
  /** Marked `ts run`: a test runs it as well. */
  readonly runs: boolean
}

/** The folder whose dependencies a page's blocks may import: its own package, or these tools for the docs. */
export function homeOf({ page }: CodeBlock): string {
  const folder = dirname(page)
  return /^(packages|apps|templates)\/[^/]+$/.test(folder) ? join(root, folder) : join(root, 'tools')
}

function pages(): string[] {
  const below = (folder: string, recursive: boolean) =>
    readdirSync(join(root, folder), { recursive }).map((file) => join(folder, String(file)))
  const packages = ['packages', 'apps', 'templates']
    .flatMap((group) => below(group, false))
    .flatMap((folder) => below(folder, false))
  return [...below('.', false), ...below('docs', true), ...packages]
    .filter((file) => file.endsWith('.md'))
    .toSorted()
}

/** Every block marked `ts` in the READMEs and the docs. */
export function readCodeBlocks(): CodeBlock[] {
  return pages().flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return [
      ...text.matchAll(/(?:^<!-- given: (?<given>.*) -->\n+)?^```ts(?<run> run)?\n(?<code>[\s\S]*?)^```/gm),
    ].map(({ index, groups = {} }) => ({
      page,
      line: text.slice(0, index).split('\n').length + 1,
      given: groups['given'] ?? '',
      code: groups['code'] ?? '',
      runs: groups['run'] !== undefined,
    }))
  })
}
