import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const source = join(dirname(fileURLToPath(import.meta.url)), '../src')

/** The toolkit's entries are followed into their sources: what they load, the command loads. */
const toolkit = join(source, '../../../packages/toolkit/src')
const entryOf = (target: string) => join(toolkit, `${target.split('/')[2] ?? 'index'}.ts`)

/** What a module imports as it is loaded: statements at the start of a line, but for types. */
function importsOf(file: string): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?!type )[^'\n]*(?:\n[^'\n]*)*?from '([^']+)'/gm,
  )
  return [...statements].map(([, target = '']) => target)
}

/** The packages that loading a module loads. */
function packagesOf(entry: string): Set<string> {
  const [seen, packages] = [new Set<string>(), new Set<string>()]
  const pending = [join(source, entry)]
  for (let file = pending.pop(); file; file = pending.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const target of importsOf(file)) {
      if (target.startsWith('.')) pending.push(join(dirname(file), target))
      else if (target.startsWith('@saliency/toolkit')) pending.push(entryOf(target))
      else if (!target.startsWith('node:')) packages.add(target)
    }
  }
  return packages
}

it('help needs no engine, no image library and no database: what a command needs is loaded when it runs', () => {
  expect(packagesOf('cli/main.ts')).toEqual(
    new Set(['@saliency/core', '@saliency/study/system', 'commander', 'picocolors']),
  )
  expect(packagesOf('cli.ts')).toEqual(new Set(['picocolors']))
  // The list reads manifests and plugins; it shows them as tables.
  const list = packagesOf('cli/list.ts')
  for (const large of ['sharp', 'jiti', '@saliency/model-formats/node', '@saliency/engine-onnxruntime'])
    expect(list).not.toContain(large)
})
