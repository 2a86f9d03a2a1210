// Modules import one another in no circle, imports of types included: a reader can start at the bottom.
import { relative } from 'node:path'
import type { SourceFile } from 'ts-morph'
import { root, type Report, type Workspace } from '../inspect/project.ts'

/** A value belongs to a graph whose operators take values: one circle, which is that of the thing itself. */
const natural: ReadonlySet<string> = new Set([
  'packages/core/src/graph/ops.ts',
  'packages/core/src/graph/value.ts',
])

const nameOf = (file: SourceFile) => relative(root, file.getFilePath())

function importedBy(file: SourceFile, all: ReadonlySet<SourceFile>): SourceFile[] {
  return [...file.getImportDeclarations(), ...file.getExportDeclarations()].flatMap((statement) => {
    const target = statement.getModuleSpecifierSourceFile()
    return target && all.has(target) ? [target] : []
  })
}

/** Groups of modules each of which reaches every other one (Tarjan 1972). */
function circlesOf(files: readonly SourceFile[]): SourceFile[][] {
  const all = new Set(files)
  const [order, lowest] = [new Map<SourceFile, number>(), new Map<SourceFile, number>()]
  const open: SourceFile[] = []
  const circles: SourceFile[][] = []
  const lower = (file: SourceFile, place: number) =>
    lowest.set(file, Math.min(place, lowest.get(file) ?? place))
  function visit(file: SourceFile): void {
    order.set(file, order.size)
    lower(file, order.size - 1)
    open.push(file)
    for (const next of importedBy(file, all)) {
      if (!order.has(next)) visit(next)
      if (open.includes(next)) lower(file, lowest.get(next) as number)
    }
    if (lowest.get(file) !== order.get(file)) return
    const circle = open.splice(open.indexOf(file))
    if (circle.length > 1) circles.push(circle)
  }
  for (const file of files) if (!order.has(file)) visit(file)
  return circles
}

export function checkCircles({ packages }: Workspace, report: Report): void {
  for (const { sources } of packages) {
    for (const circle of circlesOf(sources)) {
      const names = circle.map(nameOf).toSorted()
      if (names.every((name) => natural.has(name))) continue
      report({
        file: circle[0]?.getFilePath() ?? '',
        message: `Modules import one another in a circle: ${names.join(', ')}. Move what they share below them.`,
      })
    }
  }
}
