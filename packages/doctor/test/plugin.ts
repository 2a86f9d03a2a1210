import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

/** A manifest that every rule holds for. */
export const soundManifest = {
  name: 'saliency-method-negated',
  version: '1.0.0',
  description: 'The gradient with its sign turned.',
  license: 'MIT',
  type: 'module',
  keywords: ['saliency-method'],
  files: ['dist'],
  exports: { '.': './dist/index.js', './package.json': './package.json' },
  peerDependencies: { '@saliency/core': '^1.0.0' },
  saliency: { kind: 'method', contract: 1 },
} as const

/** A method that every suite passes, as built code; `explain` and `references` may be replaced. */
export function methodSource({
  explain = '({ backward, model, ops }) => ops.neg(backward({}).at(model.image))',
  references = "['own definition']",
  id = 'negated',
}: { explain?: string; references?: string; id?: string } = {}): string {
  return `export default Object.freeze({
  contract: 1,
  id: '${id}',
  title: 'Negated gradient',
  references: ${references},
  options: {},
  variants: { negated: { description: 'Every signal, turned.', handling: 'signed', options: {} } },
  traits: { resolution: 'input' },
  kind: 'graph',
  explain: ${explain},
})
`
}

/** A package in a folder of its own, sound but for the files given; it is removed when the tests are over. */
export function pluginFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const all = {
    'package.json': JSON.stringify(soundManifest),
    'README.md': '# Negated',
    'dist/index.js': methodSource(),
    ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}
