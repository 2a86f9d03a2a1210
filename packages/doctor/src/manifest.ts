import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractVersion, SaliencyError } from '@saliency/core'
import type { Finding } from './finding.ts'

/** What the doctor reads of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly type?: string
  readonly description?: string
  readonly license?: string
  readonly keywords?: readonly string[]
  readonly files?: readonly string[]
  readonly exports?: Readonly<Record<string, unknown>>
  readonly saliency?: { readonly kind?: string; readonly contract?: number }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/**
 * Reads a package's manifest.
 * @throws FILE when there is none, or it is no JSON.
 */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json')
  if (!existsSync(path))
    throw new SaliencyError('FILE', `${path} does not exist: name the folder of a plugin package.`)
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (cause) {
    throw new SaliencyError('FILE', `${path} is no JSON.`, { cause })
  }
}

type Rule = readonly [holds: (manifest: Manifest, folder: string) => unknown, message: string, remedy: string]

const kindOf = ({ saliency }: Manifest) => saliency?.kind ?? 'method'

/** One line a rule: what must hold, what is wrong if it does not, and what to do. */
const rules: readonly Rule[] = [
  [
    ({ saliency }) => saliency?.kind === 'method' || saliency?.kind === 'check',
    'The manifest does not say what kind of plugin this is.',
    'Add "saliency": { "kind": "method", "contract": 1 } (or "check").',
  ],
  [
    ({ saliency }) => saliency?.contract === contractVersion,
    `The manifest does not declare contract ${contractVersion}, so hosts will not import it.`,
    `Set "saliency".contract to ${contractVersion}, and follow that contract.`,
  ],
  [({ type }) => type === 'module', 'The package is not an ES module.', 'Add "type": "module".'],
  [
    (manifest) => manifest.keywords?.includes(`saliency-${kindOf(manifest)}`),
    'People who search npm will not find it.',
    'Add the keyword saliency-method (or saliency-check).',
  ],
  [
    ({ peerDependencies }) => peerDependencies?.['@saliency/core'],
    '@saliency/core is not a peer dependency.',
    'Add it to peerDependencies, so that the host brings its own copy.',
  ],
  [
    ({ dependencies }) => !dependencies?.['@saliency/core'],
    '@saliency/core is a dependency, so a second copy would be installed.',
    'Move it to peerDependencies.',
  ],
  [
    ({ exports }) => exports?.['./package.json'],
    'Hosts cannot read the manifest through the exports.',
    'Add "./package.json": "./package.json" to exports.',
  ],
  [
    ({ files }) => files?.includes('dist'),
    'The published package would not hold the built code.',
    'Add "dist" to files.',
  ],
  [({ description }) => description, 'There is no description.', 'Say in one sentence what it computes.'],
  [({ license }) => license, 'There is no licence.', 'Name one; without it nobody may use the package.'],
  [
    (_, folder) => existsSync(join(folder, 'README.md')),
    'There is no README.',
    'Write one for the person who installs this package alone.',
  ],
]

/** Checks a manifest against what discovery and npm need. */
export function examineManifest(manifest: Manifest, folder: string): Finding[] {
  return rules
    .filter(([holds]) => !holds(manifest, folder))
    .map(([, message, remedy]) => ({ examination: 'manifest', message, remedy }))
}

/** How many rules a manifest is held to. */
export const manifestRules: number = rules.length
