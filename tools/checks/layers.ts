// Imports point down only: apps → methods and sanity → core. Plugins never import plugins, and take only types and
// define* from core; core knows no engine and no tensor library.
import type { ImportDeclaration } from 'ts-morph'
import type { Package, Report, Workspace } from '../inspect/project.ts'

/** What each package may import from the workspace. Plugins are not listed: they get core alone, and executors study's contract. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  explain: ['core'],
  report: ['core', 'explain'],
  'onnx-proto': [],
  'engine-onnxruntime': ['core', 'onnx-proto'],
  'engine-tfjs': ['core', 'model-formats'],
  'model-formats': ['core', 'onnx-proto', 'engine-onnxruntime'],
  images: ['core', 'model-formats'],
  study: ['core', 'explain', 'images', 'sanity'],
  toolkit: [
    'core',
    'engine-onnxruntime',
    'engine-tfjs',
    'explain',
    'images',
    'method-fullgrad',
    'model-formats',
    'report',
    'sanity',
    'study',
    'zoo',
  ],
  zoo: ['core', 'images', 'model-formats', 'engine-onnxruntime'],
  testing: ['core', 'explain', 'engine-onnxruntime', 'model-formats'],
  doctor: ['core', 'testing'],
  'create-method': [],
}

/** Entries of a package beside its index. */
const entries: Readonly<Record<string, readonly string[]>> = {
  images: ['node'],
  'model-formats': ['node'],
  study: ['node', 'system'],
  toolkit: ['explained-model', 'project', 'start', 'steps'],
}

const shortName = (name: string) => name.replace('@saliency/', '')

function checkImport(from: Package, statement: ImportDeclaration, report: Report): void {
  const target = statement.getModuleSpecifierValue()
  const place = { file: statement.getSourceFile().getFilePath(), line: statement.getStartLineNumber() }
  const name = shortName(from.manifest.name)
  if (!target.startsWith('@saliency/')) return
  const [scope, short, ...deep] = target.split('/')
  const wanted = short ?? ''
  if (deep.length > 0 && !(entries[wanted] ?? []).includes(deep.join('/'))) {
    report({
      ...place,
      message: `'${target}' reaches into ${scope}/${wanted}; import what its index exports.`,
    })
  }
  if (from.folder.startsWith('apps/')) return
  const isPlugin = from.manifest.saliency !== undefined
  const isExecutor = from.manifest.saliency?.kind === 'executor'
  const may = isPlugin ? ['core', ...(isExecutor ? ['study'] : [])] : (allowed[name] ?? [])
  if (!may.includes(wanted)) {
    report({
      ...place,
      message: `${name} may import ${may.join(', ') || 'no other package'}, but not ${wanted}: imports point down only.`,
    })
  } else if (isPlugin && from.manifest.saliency?.kind === 'method' && !statement.isTypeOnly()) {
    const values = statement
      .getNamedImports()
      .filter((item) => !item.isTypeOnly())
      .map((item) => item.getName())
    const wrong = values.filter((value) => !value.startsWith('define') && value !== 'SaliencyError')
    if (wrong.length > 0) {
      report({
        ...place,
        message: `A method imports only types, define* and SaliencyError from core, not ${wrong.join(', ')}: what touches a Value comes as an argument, so that any copy of core will do.`,
      })
    }
  }
}

export function checkLayers({ packages }: Workspace, report: Report): void {
  for (const each of packages) {
    for (const file of each.sources) {
      for (const statement of file.getImportDeclarations()) checkImport(each, statement, report)
    }
  }
}
