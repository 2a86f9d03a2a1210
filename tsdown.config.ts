import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'tsdown'

interface Manifest {
  exports: Record<string, string | { '@saliency/source'?: string }>
  bin?: Record<string, string>
}

/** What a package's manifest promises is what gets built: its public modules, its commands, and its workers if it has some. */
function entriesOf(folder: string): string[] {
  const { exports, bin = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  const modules = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : (target['@saliency/source'] ?? []),
  )
  const commands = Object.values(bin).map((path) => path.replace('./dist/', './src/').replace(/\.js$/, '.ts'))
  const workers = ['./src/worker.ts', './src/judging-worker.ts'].filter((path) =>
    existsSync(join(folder, path)),
  )
  return [...modules, ...commands, ...workers]
}

/** Shared by every package: ESM only, declarations from isolated types, so that no package waits for another's build. */
export default defineConfig({
  cwd: process.cwd(),
  entry: entriesOf(process.cwd()),
  format: 'esm',
  // Types are stripped file by file, so what a public module exports says its type itself; but for the toolkit, whose
  // configuration has the type of its schema.
  dts: { oxc: !process.cwd().endsWith('/toolkit') },
  platform: 'neutral',
  external: [/^node:/],
  fixedExtension: false,
  logLevel: 'warn',
})
