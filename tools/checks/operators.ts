// Every operator of the graph has a serialiser, a kernel and a test, and its gradient a case of finite differences.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { operatorNames, tableEntries } from '../generate/operators.ts'
import { root, type Report, type Workspace } from '../inspect/project.ts'

const leaves = new Set(['Input', 'Parameter', 'Constant', 'Fill'])

function textOf(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}

export function checkOperators(workspace: Workspace, report: Report): void {
  const file = join(root, 'packages/core/src/graph/operators.ts')
  const builder = (name: string) =>
    name === 'ScatterElements' ? 'scatterAdd' : name[0]?.toLowerCase() + name.slice(1)
  const tests = {
    onnxruntime: textOf('packages/engine-onnxruntime/test'),
    tfjs: textOf('packages/engine-tfjs/test'),
  }
  const gradients = tableEntries(workspace, 'packages/core/src/backward/vjp/')
  const cases = textOf('packages/testing/test/core')
  for (const name of operatorNames(workspace).filter((operator) => !leaves.has(operator))) {
    const isTested = (text: string) => new RegExp(`\\b(${name}|${builder(name)})\\b`).test(text)
    for (const [engine, text] of Object.entries(tests)) {
      if (!isTested(text)) report({ file, message: `${name} has no test on engine-${engine}.` })
    }
    if (gradients.has(name) && !isTested(cases))
      report({ file, message: `The gradient of ${name} has no case of finite differences.` })
  }
}
