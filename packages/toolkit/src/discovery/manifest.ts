import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What discovery reads of a package.json. */
export interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  /** Marks a plugin, so that its code is not run to find out. */
  readonly saliency?: unknown
}

/** A manifest and the folder it was found in. */
export interface FoundManifest {
  readonly folder: string
  readonly manifest: Manifest
}

/** Reads a folder's package.json; undefined where there is none, or it is not an object with a name as text. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const found: unknown = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8').replace(/^\uFEFF/, ''),
    )
    const isManifest = isObject(found) && ['string', 'undefined'].includes(typeof found['name'])
    return isManifest ? (found as Manifest) : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function* ancestors(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at
    if (dirname(at) === at) return
  }
}

/** The nearest package.json at or above `folder`. */
export function nearestManifest(folder: string): FoundManifest | undefined {
  for (const at of ancestors(folder)) {
    const manifest = readManifest(at)
    if (manifest) return { folder: at, manifest }
  }
  return undefined
}

/** This package's own folder: the last place to look for plugins. */
export const ownFolder: string = nearestManifest(dirname(fileURLToPath(import.meta.url)))?.folder ?? ''

/**
 * The manifest of a dependency, found as Node finds packages, but as a file: packages may hide their package.json from
 * `require.resolve`. Links are resolved, so that one package seen through two links is one package.
 */
export function dependencyManifest(name: string, from: string): FoundManifest | undefined {
  for (const at of ancestors(from)) {
    const folder = join(at, 'node_modules', name)
    if (!existsSync(join(folder, 'package.json'))) continue
    const real = realpathSync(folder)
    const manifest = readManifest(real)
    return manifest && { folder: real, manifest }
  }
  return undefined
}

/** Names of all declared dependencies, sorted. */
export function declaredDependencies(manifest: Manifest): string[] {
  const { dependencies, devDependencies, optionalDependencies } = manifest
  const lists: readonly unknown[] = [dependencies, devDependencies, optionalDependencies]
  const names = lists.flatMap((list) => (isObject(list) ? Object.keys(list) : []))
  return [...new Set(names)].sort()
}
