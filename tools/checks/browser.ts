// What runs in a browser imports nothing of Node.js: core, plugins, engines, importers, and the way to run a variant.
import { type Identifier, type SourceFile, SyntaxKind } from 'ts-morph'
import type { Manifest, Report, Workspace } from '../inspect/project.ts'

/** Packages whose main entry a page may load; plugins that make or judge maps, which are not listed, too. */
const forBrowsers: ReadonlySet<string> = new Set([
  'core',
  'explain',
  'images',
  'study',
  'onnx-proto',
  'engine-onnxruntime',
  'engine-tfjs',
  'model-formats',
])

/** Whether a page may load a package's main entry. */
export function runsInBrowsers({ name, saliency }: Manifest): boolean {
  return (
    (saliency !== undefined && saliency.kind !== 'executor') ||
    forBrowsers.has(name.replace('@saliency/', ''))
  )
}

/** What a module imports or re-exports as it is loaded; modules that are loaded when they are needed do not count. */
function importsOf(file: SourceFile): { target: string; line: number; file: SourceFile | undefined }[] {
  return [...file.getImportDeclarations(), ...file.getExportDeclarations()].flatMap((statement) => {
    const target = statement.getModuleSpecifierValue()
    if (target === undefined || statement.isTypeOnly()) return []
    return [{ target, line: statement.getStartLineNumber(), file: statement.getModuleSpecifierSourceFile() }]
  })
}

/** The modules of a package that loading its entry loads. */
function loadedBy(entry: SourceFile, own: ReadonlySet<SourceFile>): Set<SourceFile> {
  const loaded = new Set<SourceFile>()
  const pending = [entry]
  for (let file = pending.pop(); file; file = pending.pop()) {
    if (loaded.has(file)) continue
    loaded.add(file)
    for (const { file: next } of importsOf(file)) if (next && own.has(next)) pending.push(next)
  }
  return loaded
}

/** What Node.js has without an import, and a browser has not. */
const globalsOfNode: ReadonlySet<string> = new Set([
  'Buffer',
  'process',
  'require',
  'setImmediate',
  '__dirname',
  '__filename',
])

/** Whether an identifier is a name of its own, and no property of something else. */
function standsAlone(identifier: Identifier): boolean {
  const parent = identifier.getParentOrThrow()
  const isProperty = parent.isKind(SyntaxKind.PropertyAccessExpression) && parent.getNameNode() === identifier
  return !isProperty && !parent.isKind(SyntaxKind.PropertySignature)
}

function nodeGlobalsIn(file: SourceFile): Identifier[] {
  return file
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((identifier) => globalsOfNode.has(identifier.getText()) && standsAlone(identifier))
}

export function checkBrowser({ packages }: Workspace, report: Report): void {
  for (const each of packages.filter(({ manifest }) => runsInBrowsers(manifest))) {
    if (!each.index) continue
    for (const file of loadedBy(each.index, new Set(each.sources))) {
      for (const { target, line } of importsOf(file)) {
        if (!target.startsWith('node:')) continue
        const message = `${each.manifest.name} runs in browsers: what its entry loads cannot import '${target}'.`
        report({ file: file.getFilePath(), line, message })
      }
      for (const identifier of nodeGlobalsIn(file)) {
        const message = `${each.manifest.name} runs in browsers: what its entry loads cannot use '${identifier.getText()}', which only Node.js has.`
        report({ file: file.getFilePath(), line: identifier.getStartLineNumber(), message })
      }
    }
  }
}
