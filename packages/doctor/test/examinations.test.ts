import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { examineDocumentation } from '../src/documentation.ts'
import { examineImport } from '../src/import-effects.ts'
import { examineManifest, type Manifest, manifestRules, readManifest } from '../src/manifest.ts'
import { methodSource, pluginFolder, soundManifest } from './plugin.ts'

describe('the manifest', () => {
  const folder = pluginFolder()
  const without = (key: keyof typeof soundManifest): Manifest => {
    const { [key]: _, ...rest } = soundManifest
    return rest as unknown as Manifest
  }

  it('is sound', () => {
    expect(examineManifest(soundManifest, folder)).toEqual([])
  })

  /** What is wrong, and the message of the one rule that says so. */
  const faults: [Manifest, RegExp][] = [
    [{ ...soundManifest, saliency: { contract: 1 } }, /what kind of plugin/],
    [{ ...soundManifest, saliency: { kind: 'method', contract: 2 } }, /does not declare contract 1/],
    [without('type'), /not an ES module/],
    [without('keywords'), /search npm/],
    [{ ...soundManifest, saliency: { kind: 'check', contract: 1 } }, /search npm/],
    [without('peerDependencies'), /not a peer dependency/],
    [{ ...soundManifest, dependencies: { '@saliency/core': '1.0.0' } }, /second copy/],
    [{ ...soundManifest, exports: { '.': './dist/index.js' } }, /cannot read the manifest/],
    [without('files'), /would not hold the built code/],
    [without('description'), /no description/],
    [without('license'), /no licence/],
  ]

  it.each(faults)('%#: one fault, one finding with a remedy', (manifest, message) => {
    const findings = examineManifest(manifest, folder)
    expect(findings).toHaveLength(1)
    expect(findings[0]?.message).toMatch(message)
    expect(findings[0]?.remedy).not.toBe('')
  })

  it('misses the README', () => {
    expect(examineManifest(soundManifest, join(folder, 'dist')).map(({ message }) => message)).toEqual([
      'There is no README.',
    ])
  })

  it('has a fault for every rule', () => {
    const said = new Set(faults.map(([manifest]) => examineManifest(manifest, folder)[0]?.message))
    expect(said.size + 1).toBe(manifestRules)
  })

  it('has to be there, and to be JSON', () => {
    expect(() => readManifest(join(folder, 'nowhere'))).toThrow(/nowhere.package\.json does not exist/)
    expect(() => readManifest(pluginFolder({ 'package.json': '{' }))).toThrow(/is no JSON/)
  })
})

describe('importing', () => {
  const imported = (source: string) =>
    examineImport(pathToFileURL(join(pluginFolder({ 'dist/index.js': source }), 'dist/index.js')).href, 3000)

  it('defines the plugin and does nothing else', async () => {
    expect(await imported(methodSource())).toEqual([])
  })

  it.each([
    ['console.log("hello")', /prints: hello/],
    ['console.error("hello")', /prints: hello/],
    ['globalThis.registry = []', /adds globals: registry\./],
    ['Array.prototype.last = function () { return this.at(-1) }', /prototypes: Array\./],
    ['setInterval(() => {}, 1000)', /keeps the process alive for more than 3 s/],
    ['throw new TypeError("no GPU")', /cannot be imported: TypeError: no GPU/],
    ['import "package-that-is-not-there"', /cannot be imported: .*package-that-is-not-there/],
  ])('%s is found', async (line, message) => {
    const findings = await imported(`${line}\n${methodSource()}`)
    expect(findings.map((one) => one.message)).toEqual([expect.stringMatching(message)])
  })
})

describe('documentation', () => {
  const source = (text: string) => examineDocumentation(pluginFolder({ 'src/index.ts': text }))

  it('is wanted for every public export, functions, types and values alike', () => {
    const { findings, examined } = source(`
      /** One. */
      export const one = 1
      export const two = 2
      /** */
      export interface Three {}
      export function four(): void {}
      const five = 5
      void five
    `)
    expect(examined).toBe(4)
    expect(findings.map(({ message }) => message).toSorted()).toEqual([
      "'Three' is public and undocumented (index.ts:6).",
      "'four' is public and undocumented (index.ts:7).",
      "'two' is public and undocumented (index.ts:4).",
    ])
  })

  it('follows exports from other files', () => {
    const folder = pluginFolder({
      'src/index.ts': "export { hidden } from './hidden.ts'",
      'src/hidden.ts': 'export const hidden = 1',
    })
    expect(examineDocumentation(folder).findings[0]?.message).toMatch(/\(hidden\.ts:1\)/)
  })

  it('is not looked for where no sources are shipped', () => {
    expect(examineDocumentation(pluginFolder())).toEqual({ findings: [], examined: 0 })
  })
})
