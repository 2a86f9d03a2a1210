import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SaliencyError } from '@saliency/core'
import { startVitest, type TestSuite } from 'vitest/node'
import type { Finding } from './finding.ts'

/** What the suite is run on. */
export interface ConformanceRequest {
  /** File URL of the plugin's built entry. */
  readonly entry: string
  readonly kind: 'method' | 'check'
  /** File URLs of other method plugins, for the parts of compositions and the maps that sampling methods wrap. */
  readonly others: readonly string[]
}

/** A test file that runs the public conformance suite on whatever a package exports. */
function suiteFor({ entry, kind, others }: ConformanceRequest): string {
  const testing = pathToFileURL(fileURLToPath(import.meta.resolve('@saliency/testing'))).href
  const load = `const load = async (url) => [(await import(url)).default].flat()
const list = await load(${JSON.stringify(entry)})`
  if (kind === 'check') {
    return `import { describeCheck } from ${JSON.stringify(testing)}
${load}
for (const check of list) describeCheck(check)
`
  }
  return `import { describeMethod, tinyNetwork, tinyNetworkNames, tinyTransformerNames } from ${JSON.stringify(testing)}
${load}
const others = (await Promise.all(${JSON.stringify(others)}.map(load))).flat()
const spatial = tinyNetworkNames.filter((name) => tinyNetwork(name).spatial)
// A map of a layer's features is only asked for where there are feature maps.
const needsFeatures = (method) => method.traits.resolution === 'layer' || method.kind === 'composition'
const networksFor = (method) => {
  const explains = (name) => method.whyNot?.(tinyNetwork(name).model) === undefined
  const networks = (needsFeatures(method) ? spatial : tinyNetworkNames).filter(explains)
  return networks.length > 0 ? networks : tinyTransformerNames.filter(explains)
}
for (const method of list) {
  const methods = [...list, ...others].filter((other) => other !== method)
  describeMethod(method, { methods, networks: networksFor(method) })
}
`
}

/** What failed before any test of a suite could run, once for all suites in which the same failed. */
function brokenSuites(suites: readonly TestSuite[]): string[] {
  const places = new Map<string, string[]>()
  for (const suite of suites) {
    for (const { message } of suite.errors())
      places.set(message, [...(places.get(message) ?? []), suite.fullName])
  }
  return [...places].map(([message, [first, ...others]]) => {
    const more = others.length > 0 ? ` (and ${others.length} more)` : ''
    return `${first}${more}: ${message}`
  })
}

/** Runs the conformance suite on tiny networks in a process of its own, and turns each failing case into a finding. */
export async function examineConformance(
  request: ConformanceRequest,
): Promise<{ findings: Finding[]; examined: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'saliency-doctor-'))
  try {
    await writeFile(join(folder, 'conformance.test.mjs'), suiteFor(request))
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
    const suites = modules.flatMap((module) => [...module.children.allSuites()])
    const ran = tests.filter((test) => ['passed', 'failed'].includes(test.result().state))
    const messages = [
      ...modules.flatMap((module) => module.errors().map(({ message }) => message)),
      ...brokenSuites(suites),
      ...ran
        .filter((test) => test.result().state === 'failed')
        .map((test) => `${test.fullName}: ${test.result().errors?.[0]?.message ?? 'it failed'}`),
    ]
    await vitest.close()
    if (ran.length === 0 && messages.length === 0)
      throw new SaliencyError('INVALID_PLUGIN', 'The conformance suite found nothing to run.')
    return { findings: messages.map(finding), examined: ran.length }
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
