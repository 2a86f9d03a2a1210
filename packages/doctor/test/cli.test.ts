import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { resolve } from 'import-meta-resolve'
import { describe, expect, it } from 'vitest'
import type { Diagnosis } from '../src/index.ts'
import { methodSource, pluginFolder, soundManifest } from './plugin.ts'

const doctor = fileURLToPath(new URL('..', import.meta.url))
const jiti = resolve('jiti/register', pathToFileURL(join(doctor, 'package.json')).href)

/** The command in a process of its own: it runs a suite, which a suite cannot run inside itself. */
function examined(...args: string[]) {
  const flags = ['--conditions=@saliency/source', '--import', jiti, join(doctor, 'src/cli.ts')]
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], {
    encoding: 'utf8',
    env: { ...process.env, VITEST: undefined },
  })
  return { status, stdout, stderr }
}

function diagnosis(files: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = examined(pluginFolder(files), '--json')
  expect(stderr).toBe('')
  return { status, ...(JSON.parse(stdout) as Diagnosis) }
}

describe('saliency-doctor', () => {
  it('finds nothing wrong with a sound package, and says what it looked at', () => {
    const { status, findings, examined: looked } = diagnosis({})
    expect(findings).toEqual([])
    expect(status).toBe(0)
    expect(looked).toMatchObject({ manifest: 11, import: 1, contract: 1, references: 1 })
    expect(looked['conformance']).toBeGreaterThan(20)
  })

  it('runs the conformance suite: a map of another shape is found', () => {
    const explain =
      '({ backward, model, ops }) => ops.reduceSum(backward({}).at(model.image), { axes: [2, 3] })'
    const { status, findings } = diagnosis({ 'dist/index.js': methodSource({ explain }) })
    expect(status).toBe(1)
    expect(new Set(findings.map(({ examination }) => examination))).toEqual(new Set(['conformance']))
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^negated: conformance > on .* \(and \d+ more\): negated\/negated .* shape \[n, 3, 1, 1\]/,
      ),
    ])
  })

  it('looks at contract and references before it runs anything', () => {
    const named = diagnosis({ 'dist/index.js': methodSource({ id: 'other' }) })
    expect(named.findings).toEqual([expect.objectContaining({ examination: 'contract' })])
    expect(named.examined['conformance']).toBeUndefined()
    const unsourced = diagnosis({ 'dist/index.js': methodSource({ references: "['']" }) })
    expect(unsourced.findings[0]).toMatchObject({
      examination: 'references',
      message: 'negated has no references.',
    })
  })

  it('goes no further where the package cannot be imported', () => {
    const { status, findings, examined: looked } = diagnosis({ 'dist/index.js': "throw new Error('broken')" })
    expect(status).toBe(1)
    expect(findings).toEqual([expect.objectContaining({ message: 'It cannot be imported: Error: broken' })])
    expect(looked['contract']).toBeUndefined()
  })

  it('prints each finding with its remedy for people', () => {
    const { license: _, ...unlicensed } = soundManifest
    const { status, stdout } = examined(pluginFolder({ 'package.json': JSON.stringify(unlicensed) }))
    expect(status).toBe(1)
    expect(stdout).toMatch(/manifest +11 looked at, .*1 found/)
    expect(stdout).toMatch(/✗.* manifest: There is no licence\.\n {2}Name one/)
  })

  it('says in one line what is no package, and what is not built', () => {
    for (const [folder, message] of [
      ['/nowhere', /package\.json does not exist: name the folder of a plugin package\.\n$/],
      [
        pluginFolder({
          'package.json': JSON.stringify({ ...soundManifest, exports: { '.': './dist/none.js' } }),
        }),
        /none\.js does not exist: build the package first\.\n$/,
      ],
    ] as const) {
      const { status, stderr } = examined(folder)
      expect([status, stderr.split('\n').length]).toEqual([2, 2])
      expect(stderr).toMatch(message)
    }
  })
})
