// Every TypeScript block in the READMEs and docs compiles against the sources.
import { join } from 'node:path'
import { homeOf, readCodeBlocks } from '../inspect/code-blocks.ts'
import { root, type Report, type Workspace } from '../inspect/project.ts'

export function checkCodeBlocks({ project }: Workspace, report: Report): void {
  const programs = readCodeBlocks().filter(({ language }) => language === 'ts')
  const blocks = programs.map((block, index) => {
    // A module of its own, where the page's package resolves its dependencies; each block is a program.
    const path = join(homeOf(block), `src/__block-${index}.ts`)
    return {
      block,
      file: project.createSourceFile(path, `${block.given}\n${block.code}\nexport {}\n`, { overwrite: true }),
    }
  })
  for (const { block, file } of blocks) {
    for (const diagnostic of file.getPreEmitDiagnostics()) {
      // Blocks are examples, not modules of a library: they need no written types for declarations.
      if (diagnostic.getCode() >= 9000 && diagnostic.getCode() < 9100) continue
      const text = diagnostic.getMessageText()
      const message = typeof text === 'string' ? text : text.getMessageText()
      report({
        file: join(root, block.page),
        line: block.line + (diagnostic.getLineNumber() ?? 2) - 2,
        message,
      })
    }
    project.removeSourceFile(file)
  }
}
