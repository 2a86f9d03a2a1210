// Every public export says what it is in TSDoc.
import { Node } from 'ts-morph'
import type { Report, Workspace } from '../inspect/project.ts'

function isDocumented(node: Node): boolean {
  const owner = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node
  return Node.isJSDocable(owner) ? owner.getJsDocs().some((doc) => doc.getDescription().trim() !== '') : true
}

export function checkDocs({ packages }: Workspace, report: Report): void {
  for (const { index } of packages) {
    if (!index) continue
    for (const [name, declarations] of index.getExportedDeclarations()) {
      const [first] = declarations
      if (!first || declarations.some(isDocumented)) continue
      report({
        file: first.getSourceFile().getFilePath(),
        line: first.getStartLineNumber(),
        message: `'${name}' is public and has no TSDoc: say in one sentence what it is, with shapes and units.`,
      })
    }
  }
}
