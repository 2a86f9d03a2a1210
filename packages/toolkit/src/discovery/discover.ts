import { existsSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  assertChecks,
  assertIdMatches,
  assertMethods,
  contractVersion,
  messageOf,
  SaliencyError,
} from '@saliency/core'
import { assertExecutor } from '@saliency/study'
import {
  declaredDependencies,
  dependencyManifest,
  type FoundManifest,
  nearestManifest,
  readManifest,
  ownFolder,
} from './manifest.ts'
import {
  importDefault,
  isTypeScript,
  nothing,
  type PluginKind,
  type PluginRecord,
  type PluginReference,
  type PluginSource,
  resolveOwnEntry,
} from './plugin.ts'
import { conflicts, shadow } from './registry.ts'

/** Where to look for plugins. */
export interface DiscoveryRequest {
  /** The folder whose nearest package.json declares the project's plugins; default: the working directory. */
  readonly root?: string
  /** Plugins named by hand (config, `--plugin`): they come first. */
  readonly plugins?: readonly PluginReference[]
}

type Draft = Omit<PluginRecord, 'status' | keyof typeof nothing>
const kinds: readonly PluginKind[] = ['method', 'check', 'executor']

/** What a manifest's marker says, as far as it says it. */
interface Marker {
  readonly kind?: unknown
  readonly contract?: unknown
}

async function load(draft: Draft, resolveUrl: () => string): Promise<PluginRecord> {
  try {
    const url = resolveUrl()
    const record = verified({ ...draft, url }, await importDefault(url))
    if (draft.kind === 'method') {
      assertIdMatches(
        draft.package,
        record.methods.map(({ id }) => id),
      )
    }
    return record
  } catch (error) {
    return { ...draft, status: 'failed', reason: messageOf(error), ...nothing }
  }
}

function verified(draft: Draft, plugin: unknown): PluginRecord {
  const sound = { ...draft, status: 'ok' as const, ...nothing }
  if (draft.kind === 'check') return { ...sound, checks: assertChecks(plugin) }
  if (draft.kind === 'executor') return { ...sound, executors: [assertExecutor(plugin)] }
  return { ...sound, methods: assertMethods(plugin) }
}

/** Reads the manifest's marker before any code of the package runs; undefined if the package is no plugin. */
async function fromPackage(
  found: FoundManifest,
  source: PluginSource,
  from: string,
): Promise<PluginRecord | undefined> {
  const { manifest, folder } = found
  if (manifest.saliency === undefined) return undefined
  const marker: Marker = typeof manifest.saliency === 'object' ? (manifest.saliency ?? {}) : {}
  const name = manifest.name ?? folder
  const draft: Draft = {
    package: name,
    version: String(manifest.version ?? ''),
    path: folder,
    kind: kinds.find((kind) => kind === marker.kind) ?? 'method',
    source,
  }
  if (draft.kind !== marker.kind) {
    const reason = `its package.json says "saliency": ${JSON.stringify(manifest.saliency)}; a plugin says { "kind": "method", "check" or "executor", "contract": ${contractVersion} }.`
    return { ...draft, status: 'failed', reason, ...nothing }
  }
  if (marker.contract !== contractVersion) {
    const wanted =
      marker.contract === undefined ? 'no contract' : `contract ${JSON.stringify(marker.contract)}`
    const reason = `written for ${wanted}, this runner speaks ${contractVersion}: install a matching version of ${typeof marker.contract === 'number' && marker.contract > contractVersion ? 'the runner' : name}.`
    return { ...draft, status: 'incompatible', reason, ...nothing }
  }
  return load(draft, () => resolveOwnEntry(name, folder, from))
}

function fromObject(plugin: Exclude<PluginReference, string>): PluginRecord {
  const first: unknown = Array.isArray(plugin) ? plugin[0] : plugin
  const kind = typeof first === 'object' && first !== null && 'variants' in first ? 'method' : 'check'
  const draft: Draft = { package: '(config)', version: '', path: '', kind, source: 'config' }
  try {
    return verified(draft, plugin)
  } catch (error) {
    return { ...draft, status: 'failed', reason: messageOf(error), ...nothing }
  }
}

async function fromFile(path: string): Promise<PluginRecord> {
  const draft: Draft = { package: path, version: '', path, kind: 'method', source: 'config' }
  try {
    const url = pathToFileURL(path).href
    const plugin = await importDefault(url)
    const isCheck = (Array.isArray(plugin) ? (plugin as unknown[]) : [plugin]).some(
      (item) => typeof item === 'object' && item !== null && 'summarise' in item,
    )
    // Threads that score import a check by its address; where they could not, it is scored without them.
    const address = isTypeScript(path) ? {} : { url }
    return verified({ ...draft, ...address, kind: isCheck ? 'check' : 'method' }, plugin)
  } catch (error) {
    return { ...draft, status: 'failed', reason: messageOf(error), ...nothing }
  }
}

async function fromReference(reference: PluginReference, root: string): Promise<PluginRecord> {
  if (typeof reference !== 'string') return fromObject(reference)
  const isPath = reference.startsWith('.') || isAbsolute(reference)
  if (isPath && existsSync(resolve(root, reference)) && statSync(resolve(root, reference)).isFile()) {
    return fromFile(resolve(root, reference))
  }
  const folder = isPath ? resolve(root, reference) : undefined
  const manifest = folder !== undefined ? readManifest(folder) : undefined
  const found =
    folder !== undefined
      ? manifest && { folder: realpathSync(folder), manifest }
      : dependencyManifest(reference, root)
  if (!found) {
    throw new SaliencyError(
      'INVALID_PLUGIN',
      `plugin '${reference}' was not found from ${root}: install it there (npm install ${isPath ? 'its package' : reference}), or correct its name.`,
    )
  }
  const record = await fromPackage(found, 'config', folder ?? root)
  if (record) return record
  throw new SaliencyError(
    'INVALID_PLUGIN',
    `'${reference}' is not a saliency plugin: its package.json has no "saliency": { "kind": "method", "contract": ${contractVersion} }.`,
  )
}

async function fromManifest(found: FoundManifest | undefined, source: PluginSource): Promise<PluginRecord[]> {
  if (!found) return []
  const records: PluginRecord[] = []
  for (const name of declaredDependencies(found.manifest)) {
    const dependency = dependencyManifest(name, found.folder)
    const record = dependency && (await fromPackage(dependency, source, found.folder))
    if (record) records.push(record)
  }
  return records
}

/**
 * Finds and loads plugins: those named by hand, the declared dependencies of the nearest package.json, then the runner's
 * own. A package counts if its manifest says so; it is imported only then, and verified. Never scans node_modules. One
 * bad plugin is a record with a reason, not an error.
 * @throws INVALID_PLUGIN if a plugin named by hand does not exist or is none.
 */
export async function discoverPlugins(request: DiscoveryRequest = {}): Promise<PluginRecord[]> {
  const root = resolve(request.root ?? '.')
  const named: PluginRecord[] = []
  for (const reference of request.plugins ?? []) named.push(await fromReference(reference, root))
  const project = nearestManifest(root)
  const own = nearestManifest(ownFolder)
  const projectRecords = project?.folder === own?.folder ? [] : await fromManifest(project, 'project')
  const records = [...named, ...projectRecords, ...(await fromManifest(own, 'runner'))]
  return conflicts(shadow(records))
}
