import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Node, Project } from 'ts-morph'
import type { Finding } from './finding.ts'

/** Whether a declaration carries a sentence of TSDoc; what cannot carry any counts as documented. */
export function isDocumented(node: Node): boolean {
  const owner = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node
  return !Node.isJSDocable(owner) || owner.getJsDocs().some((doc) => doc.getDescription().trim() !== '')
}

/** Looks for public exports without a sentence of TSDoc, in the sources that the package ships. */
export function examineDocumentation(folder: string): { findings: Finding[]; examined: number } {
  const entry = join(folder, 'src/index.ts')
  if (!existsSync(entry)) return { findings: [], examined: 0 }
  const project = new Project({
    compilerOptions: { allowImportingTsExtensions: true, noEmit: true, skipLibCheck: true },
  })
  project.addSourceFilesAtPaths(join(folder, 'src/**/*.ts'))
  const exported = [...project.getSourceFileOrThrow(entry).getExportedDeclarations()]
  const findings = exported
    .filter(([, declarations]) => declarations.length > 0 && !declarations.some(isDocumented))
    .map(([name, [first]]): Finding => ({
      examination: 'documentation',
      message: `'${name}' is public and undocumented (${first?.getSourceFile().getBaseName()}:${first?.getStartLineNumber()}).`,
      remedy: 'Say in one sentence of TSDoc what it is, with shapes and units.',
    }))
  return { findings, examined: exported.length }
}
