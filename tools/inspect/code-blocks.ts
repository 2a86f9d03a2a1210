import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './project.ts'

/** One block of a Markdown page: a program, or command lines. */
export interface CodeBlock {
  readonly page: string
  readonly line: number
  readonly language: 'ts' | 'sh'
  /** Declarations that the page leaves to the reader, from a comment `<!-- given: … -->` above the block. */
  readonly given: string
  readonly code: string
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

/** Every block marked `ts` or `sh` in the READMEs and the docs, page by page from top to bottom. */
export function readCodeBlocks(): CodeBlock[] {
  const block = /(?:^<!-- given: (?<given>.*) -->\n+)?^```(?<language>ts|sh)\n(?<code>[\s\S]*?)^```/gm
  return pages().flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return [...text.matchAll(block)].map(({ index, groups = {} }) => ({
      page,
      line: text.slice(0, index).split('\n').length + 1,
      language: groups['language'] as CodeBlock['language'],
      given: groups['given'] ?? '',
      code: groups['code'] ?? '',
    }))
  })
}

/** The words after `saliency` in each of a block's command lines that calls it. */
export function commandsOf({ code }: CodeBlock): string[][] {
  return code.split('\n').flatMap((line) => {
    const [, words] = /^(?:npx )?saliency (.*?)(?: {2,}#.*)?$/.exec(line) ?? []
    return words === undefined ? [] : [wordsOf(words)]
  })
}

/** Words as a shell splits them: quotes hold them together. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  )
}
