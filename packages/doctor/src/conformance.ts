import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SaliencyError } from '@saliency/core'
import { startVitest } from 'vitest/node'
import type { Finding } from './finding.ts'

/** A test file that runs the public conformance suite on whatever a package exports. */
function suiteFor(entry: string, kind: string): string {
  const testing = pathToFileURL(fileURLToPath(import.meta.resolve('@saliency/testing'))).href
  const describeOne = kind === 'check' ? 'describeCheck' : 'describeMethod'
  return `import { ${describeOne} } from ${JSON.stringify(testing)}
const { default: plugin } = await import(${JSON.stringify(entry)})
const list = [plugin].flat()
for (const item of list) ${describeOne}(item${kind === 'check' ? '' : ', { methods: list.filter((other) => other !== item) }'})
`
}

/** Runs the conformance suite on tiny networks in a process of its own, and turns each failing case into a finding. */
export async function examineConformance(
  entry: string,
  kind: string,
): Promise<{ findings: Finding[]; examined: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'saliency-doctor-'))
  try {
    await writeFile(join(folder, 'conformance.test.mjs'), suiteFor(entry, kind))
    const settings = {
      root: folder,
      config: false,
      watch: false,
      reporters: [{}],
      include: ['conformance.test.mjs'],
    } as const
    const vitest = await startVitest('test', [], {
      ...settings,
      reporters: [{}],
      include: [...settings.include],
      testTimeout: 60_000,
    })
    const modules = vitest.state.getTestModules()
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const broken = modules.flatMap((module) => module.errors().map((error) => error.message))
    const findings = tests
      .filter((test) => test.result().state === 'failed')
      .map((test) => finding(`${test.fullName}: ${test.result().errors?.[0]?.message ?? 'it failed'}`))
    await vitest.close()
    if (tests.length === 0 && broken.length === 0)
      throw new SaliencyError('INVALID_PLUGIN', 'The conformance suite found nothing to run.')
    return { findings: [...broken.map(finding), ...findings], examined: tests.length }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function finding(message: string): Finding {
  return {
    examination: 'conformance',
    message: message.split('\n')[0] ?? message,
    remedy:
      'Run describeMethod or describeCheck of @saliency/testing in a test of your own to see the values.',
  }
}
