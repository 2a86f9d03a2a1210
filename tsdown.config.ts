import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type UserConfig } from 'tsdown'

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

/** The packages that are built, from the root of the repository: as written here, or as their own configuration says. */
function packagesOf(root: string): { shared: string[]; own: string[] } {
  const names = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
  const folders = [...names, 'apps/runner', 'templates/method'].map((path) => join(root, path))
  const hasOwn = (folder: string) => existsSync(join(folder, 'tsdown.config.ts'))
  const built = folders.filter((folder) => existsSync(join(folder, 'package.json')))
  return { shared: built.filter((folder) => !hasOwn(folder)), own: built.filter(hasOwn) }
}

// From the root, every package in one process: starting a process takes longer than building a package.
const here = process.cwd()
const isRoot = existsSync(join(here, 'pnpm-workspace.yaml'))
const { shared, own } = isRoot ? packagesOf(here) : { shared: [here], own: [] }

/** Shared by every package: ESM only, declarations from isolated types, so that no package waits for another's build. */
export default defineConfig([
  ...shared.map((cwd): UserConfig => ({
    cwd,
    entry: entriesOf(cwd),
    format: 'esm',
    // Types are stripped file by file, so what a module exports says its type itself.
    dts: { oxc: true },
    platform: 'neutral',
    deps: { neverBundle: [/^node:/] },
    checks: { pluginTimings: false },
    fixedExtension: false,
    logLevel: 'warn',
  })),
  ...(isRoot ? [{ workspace: own }] : []),
])
