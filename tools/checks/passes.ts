// Every rewrite of the graph is a file in src/passes, is on the list beside it, and has a test of its name.
import { basename, join } from 'node:path'
import { readdirSync } from 'node:fs'
import type { Package, Report, Workspace } from '../inspect/project.ts'
import { root } from '../inspect/project.ts'

/** The name that a file's pass gives itself; undefined in a file of types. */
function passName(file: Package['sources'][number]): string | undefined {
  return /^ {2}name: '([^']+)',$/m.exec(file.getFullText())?.[1]
}

export function checkPasses({ packages }: Workspace, report: Report): void {
  const tests = new Set(
    readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /test\/.*passes\/[^/]+\.test\.ts$/.test(path) && !path.includes('node_modules'))
      .map((path) => basename(path)),
  )
  for (const { sources } of packages) {
    const files = sources.filter((file) => file.getFilePath().includes('/src/passes/'))
    const list = files.find((file) => file.getBaseName() === 'passes.ts')?.getFullText() ?? ''
    for (const file of files) {
      const name = passName(file)
      if (name === undefined) continue
      const problem = (message: string) => report({ file: file.getFilePath(), message })
      if (`${name}.ts` !== file.getBaseName())
        problem(`The pass is called '${name}': give its file that name.`)
      if (!list.includes(`'./${name}.ts'`)) problem(`The pass '${name}' is not on the list in passes.ts.`)
      if (!tests.has(`${name}.test.ts`))
        problem(`The pass '${name}' has no test test/…/passes/${name}.test.ts.`)
    }
  }
}
