import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { moduleResolve } from 'import-meta-resolve'

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

/** The default export of a module. */
export async function importDefault(url: string): Promise<unknown> {
  const module = (await import(/* @vite-ignore */ url)) as { default?: unknown }
  return module.default
}
