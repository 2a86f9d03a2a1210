// Every public export says what it is in TSDoc.
import { isDocumented } from '../../packages/doctor/src/documentation.ts'
import type { Report, Workspace } from '../inspect/project.ts'

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
