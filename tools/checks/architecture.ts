// The page of the architecture lists every package with what it imports; this compares the list with the sources.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, type Package, type Report, type Workspace } from '../inspect/project.ts'

const page = join(root, 'docs/explanation/architecture.md')

/** The packages of the workspace that a package's sources import, now or when they are needed. */
function importsOf({ sources, manifest: { name } }: Package): string[] {
  const targets = sources.flatMap((file) =>
    file.getImportStringLiterals().map((one) => one.getLiteralValue()),
  )
  const packages = targets.flatMap((target) => /^@saliency\/([^/]+)/.exec(target)?.[1] ?? [])
  return [...new Set(packages)].filter((short) => `@saliency/${short}` !== name).toSorted()
}

/** The rows of the page's table of packages: name, what it is, what it imports. */
function rowsOf(text: string): Map<string, { imports: string[]; line: number }> {
  const rows = [...text.split('\n').entries()].flatMap(([at, line]) => {
    const cells = /^\| `([\w-]+)` \|.*\| ([^|]*) \|$/.exec(line)
    if (!cells) return []
    const imports = [...(cells[2] ?? '').matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name)
    return [[cells[1] ?? '', { imports: imports.toSorted(), line: at + 1 }] as const]
  })
  return new Map(rows)
}

export function checkArchitecture({ packages }: Workspace, report: Report): void {
  const rows = rowsOf(readFileSync(page, 'utf8'))
  for (const each of packages.filter(({ folder }) => !folder.startsWith('templates'))) {
    const short = each.manifest.name.replace('@saliency/', '')
    const row = rows.get(short)
    rows.delete(short)
    const found = importsOf(each)
    const said = found.length === 0 ? 'nothing' : found.map((name) => `\`${name}\``).join(', ')
    if (!row) report({ file: page, message: `The page lacks ${short}, which imports ${said}.` })
    else if (row.imports.join() !== found.join())
      report({ file: page, line: row.line, message: `${short} imports ${said}.` })
  }
  for (const [name, { line }] of rows) report({ file: page, line, message: `There is no package ${name}.` })
}
