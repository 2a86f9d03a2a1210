import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Check, Method, OptionSpec, OptionSpecs } from '@saliency/core'
import { root, type Package } from '../inspect/project.ts'
import { table } from './markdown.ts'

/** A plugin package with what it exports. */
export interface Plugin<T> {
  readonly folder: string
  readonly name: string
  readonly items: readonly T[]
}

/** Imports the built plugins of one kind, by package name. */
export async function importPlugins<T extends Method | Check>(
  packages: readonly Package[],
  kind: 'method' | 'check',
): Promise<Plugin<T>[]> {
  const plugins = packages.filter(
    ({ manifest, folder }) => manifest.saliency?.kind === kind && folder.startsWith('packages'),
  )
  return Promise.all(
    plugins.map(async ({ folder, manifest }) => {
      const module = (await import(pathToFileURL(join(root, folder, 'dist/index.js')).href)) as {
        default: T | readonly T[]
      }
      return { folder, name: manifest.name, items: [module.default].flat() as T[] }
    }),
  )
}

function accepts(spec: OptionSpec): string {
  if (spec.type === 'choice') return spec.choices.map((choice) => `\`${choice}\``).join(', ')
  if (spec.type === 'number' || spec.type === 'integer') {
    const { minimum, maximum } = spec
    if (minimum === undefined && maximum === undefined) return spec.type
    return `${spec.type}, ${minimum ?? '−∞'} to ${maximum ?? '∞'}`
  }
  return spec.type
}

/** The table of declared options, or a sentence where there are none. */
export function optionsTable(options: OptionSpecs): string {
  const rows = Object.entries(options).map(([name, spec]) => [
    `\`${name}\``,
    accepts(spec),
    `\`${JSON.stringify(spec.default)}\``,
    spec.description,
  ])
  return rows.length === 0 ? 'No options.' : table(['option', 'takes', 'default', 'what it does'], rows)
}

/** The table of a method's variants. */
export function variantsTable(method: Method): string {
  const rows = Object.entries(method.variants).map(([name, spec]) => [
    `\`${method.id}/${name}\``,
    spec.role === 'control' ? `control, expected: ${spec.expected}` : spec.handling,
    spec.counterpart
      ? `\`${spec.counterpart.includes('/') ? spec.counterpart : `${method.id}/${spec.counterpart}`}\``
      : '',
    spec.description,
  ])
  return table(['variant', 'handling', 'counterpart', 'what it computes'], rows)
}

/** Reads a page of a package, or an empty text. */
export function readPage(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}
