import { SyntaxKind, type SourceFile } from 'ts-morph'
import { join } from 'node:path'
import { root, type Workspace } from '../inspect/project.ts'
import type { Pages } from './catalogue.ts'
import { generatedNote, table } from './markdown.ts'

/** The operators, in the order in which the graph declares them. */
export function operatorNames({ project }: Workspace): string[] {
  const file = project.getSourceFileOrThrow(join(root, 'packages/core/src/graph/operators.ts'))
  return file
    .getInterfaceOrThrow('Operators')
    .getProperties()
    .map((property) => property.getName())
}

/** The names of all properties of all object literals in a folder's files: the entries of its tables. */
export function tableEntries({ project }: Workspace, folder: string): Set<string> {
  const prefix = join(root, folder)
  const files = project.getSourceFiles().filter((file: SourceFile) => file.getFilePath().startsWith(prefix))
  const names = files.flatMap((file) => [
    ...file.getDescendantsOfKind(SyntaxKind.PropertyAssignment).map((property) => property.getName()),
    ...file
      .getDescendantsOfKind(SyntaxKind.ShorthandPropertyAssignment)
      .map((property) => property.getName()),
    ...file.getDescendantsOfKind(SyntaxKind.MethodDeclaration).map((method) => method.getName()),
  ])
  return new Set(names)
}

/** One row an operator: its gradient, whether LRP calls it linear, and its kernel in each engine. */
export function generateOperators(workspace: Workspace, pages: Pages): void {
  const gradients = tableEntries(workspace, 'packages/core/src/backward/vjp/')
  const linear = tableEntries(workspace, 'packages/core/src/backward/linear.ts')
  const rows = operatorNames(workspace).map((name) => [
    `\`${name}\``,
    gradients.has(name) ? 'yes' : '',
    linear.has(name) ? 'yes' : '',
  ])
  pages.set(
    'docs/reference/operators.md',
    `# Operators\n\n${generatedNote}\n\nThe graph speaks ONNX, opset 18: names, attributes and meaning are ONNX's own. Both engines run all of them. An operator without a gradient cannot be passed by a signal unless a rule says how.\n\n${table(['operator', 'gradient', 'linear (shares relevance)'], rows)}\n`,
  )
}
