import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  assertChecks,
  assertIdMatches,
  assertMethods,
  SaliencyError,
  type Check,
  type Method,
} from '@saliency/core'
import { examineConformance } from './conformance.ts'
import { examineDocumentation } from './documentation.ts'
import type { Diagnosis, Finding } from './finding.ts'
import { examineImport } from './import-effects.ts'
import { examineManifest, manifestRules, readManifest, type Manifest } from './manifest.ts'

/** The built entry that the exports name. */
function entryOf(manifest: Manifest, folder: string): string {
  const target = manifest.exports?.['.']
  const path = typeof target === 'string' ? target : (target as { default?: string } | undefined)?.default
  const entry = resolve(folder, path ?? 'dist/index.js')
  if (existsSync(entry)) return pathToFileURL(entry).href
  throw new SaliencyError('FILE', `${entry} does not exist: build the package first.`)
}

function examineContract(
  plugin: unknown,
  manifest: Manifest,
): { findings: Finding[]; items: readonly (Method | Check)[] } {
  try {
    const items = manifest.saliency?.kind === 'check' ? assertChecks(plugin) : assertMethods(plugin)
    assertIdMatches(
      manifest.name,
      items.map(({ id }) => id),
    )
    return { findings: [], items }
  } catch (error) {
    if (!SaliencyError.is(error)) throw error
    return {
      findings: [
        {
          examination: 'contract',
          message: error.message,
          remedy: 'Follow the contract in the documentation of @saliency/core.',
        },
      ],
      items: [],
    }
  }
}

/** The methods that others build upon by name: they come with the doctor. */
const foundations = ['@saliency/method-guided', '@saliency/method-gradcampp']

/** Every method and check says where its definition comes from. */
function examineReferences(items: readonly (Method | Check)[]): Finding[] {
  return items
    .filter(
      ({ references }) =>
        !references?.length ||
        references.some((reference) => reference.trim() === '' || /^your paper/i.test(reference)),
    )
    .map(({ id }) => ({
      examination: 'references',
      message: `${id} has no references.`,
      remedy: 'Name paper, section and equation; say "own definition" where it is yours.',
    }))
}

/**
 * Examines the plugin package in a folder: manifest, import, contract, references, documentation, and the conformance
 * suite on tiny networks.
 * @throws FILE when there is no manifest or no built entry.
 */
export async function examine(folder: string): Promise<Diagnosis> {
  const manifest = readManifest(folder)
  const entry = entryOf(manifest, folder)
  const documentation = examineDocumentation(folder)
  const imports = await examineImport(entry)
  const found = [...examineManifest(manifest, folder), ...documentation.findings, ...imports]
  const examined = { manifest: manifestRules, import: 1, documentation: documentation.examined }
  const diagnosis = { package: manifest.name, version: manifest.version }
  if (imports.some(({ message }) => message.startsWith('It cannot be imported')))
    return { ...diagnosis, findings: found, examined }

  const plugin: unknown = ((await import(entry)) as { default?: unknown }).default
  const { findings, items } = examineContract(plugin, manifest)
  found.push(...findings, ...examineReferences(items))
  if (items.length === 0) return { ...diagnosis, findings: found, examined: { ...examined, contract: 1 } }
  const kind = manifest.saliency?.kind === 'check' ? 'check' : 'method'
  const others = foundations.filter((name) => name !== manifest.name).map((name) => import.meta.resolve(name))
  const conformance = await examineConformance({ entry, kind, others })
  return {
    ...diagnosis,
    findings: [...found, ...conformance.findings],
    examined: {
      ...examined,
      contract: items.length,
      references: items.length,
      conformance: conformance.examined,
    },
  }
}

/** The folder of an installed package, or the path itself. */
export function resolveFolder(given: string, from: string = process.cwd()): string {
  const installed = join(from, 'node_modules', given)
  return existsSync(join(installed, 'package.json')) ? installed : resolve(from, given)
}
