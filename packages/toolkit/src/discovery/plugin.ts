import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Check, Method } from '@saliency/core'
import type { Executor } from '@saliency/study'
import { moduleResolve } from 'import-meta-resolve'

/** Where a plugin was asked for. */
export type PluginSource = 'config' | 'project' | 'runner'

/** What became of a package that declares itself a plugin. */
export type PluginStatus =
  /** Loaded and verified. */
  | 'ok'
  /** Its code could not be imported, or is no plugin. */
  | 'failed'
  /** Written for another version of the contract; not imported. */
  | 'incompatible'
  /** The same package was found before; that one counts. */
  | 'shadowed'
  /** Another package has the same id; neither can be used. */
  | 'conflict'

/** What plugins are there for: explaining, judging, and having shards computed. */
export type PluginKind = 'method' | 'check' | 'executor'

/** One row of `saliency list`: a plugin package and what became of it. */
export interface PluginRecord {
  readonly package: string
  readonly version: string
  /** The folder of the package, or the file; empty for objects in a config. */
  readonly path: string
  /** The module that was imported; none for objects in a config, and for what was not imported. */
  readonly url?: string
  readonly kind: PluginKind
  readonly source: PluginSource
  readonly status: PluginStatus
  /** Why it is not `ok`, and what to do. */
  readonly reason?: string
  readonly methods: readonly Method[]
  readonly checks: readonly Check[]
  readonly executors: readonly Executor[]
}

/** What a package that could not be loaded brings. */
export const nothing: Pick<PluginRecord, 'methods' | 'checks' | 'executors'> = {
  methods: [],
  checks: [],
  executors: [],
}

/** A plugin named in a config: a package, a path, or the plugin itself. */
export type PluginReference = string | Method | Check | readonly (Method | Check)[]

/** Run from its sources, the runner takes the sources of the other packages of its workspace too. */
const fromSource = import.meta.url.endsWith('.ts')
const conditions = new Set(['node', 'import', 'default', ...(fromSource ? ['@saliency/source'] : [])])

/** The file that `import name` reaches from `folder`. */
export function resolveEntry(name: string, folder: string): string {
  return moduleResolve(name, pathToFileURL(join(folder, 'package.json')), conditions).href
}

/** The entry of the package that lies in `folder`, by its own name (packages may refer to themselves). */
export function resolveOwnEntry(name: string, folder: string, from: string): string {
  try {
    return resolveEntry(name, from)
  } catch (error) {
    // A package without `exports` cannot refer to itself, and one given by path lies in no node_modules.
    for (const file of ['index.js', 'index.mjs', 'dist/index.js']) {
      if (existsSync(join(folder, file))) return pathToFileURL(join(folder, file)).href
    }
    throw error
  }
}

/** Whether a file is TypeScript, which Node.js 20 does not run. */
export const isTypeScript = (path: string): boolean => /\.[cm]?ts$/.test(path)

/** The default export of a module, in JavaScript or TypeScript. */
export async function importDefault(url: string): Promise<unknown> {
  if (isTypeScript(url)) {
    const { createJiti } = await import('jiti')
    return createJiti(import.meta.url, { fsCache: false }).import(fileURLToPath(url), { default: true })
  }
  const module = (await import(/* @vite-ignore */ url)) as { default?: unknown }
  return module.default
}
