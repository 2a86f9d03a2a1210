import { SaliencyError } from '@saliency/core'
import {
  createRegistry,
  discoverPlugins,
  loadConfig,
  type LoadedConfig,
  type PluginReference,
  type Registry,
} from '@saliency/toolkit/project'
import type { ModelFlags } from '@saliency/toolkit/steps'

/** Options that every command takes. */
export interface CommonFlags {
  readonly root?: string
  readonly plugin?: readonly string[]
}

/** Flags of `saliency explain`. */
export interface ExplainFlags extends CommonFlags, ModelFlags {
  readonly model?: string
  readonly method: readonly string[]
  readonly option?: readonly string[]
  readonly target?: string
  readonly direction?: string
  readonly out: string
  readonly saveMaps?: boolean
  readonly layer?: string
  readonly engine?: string
  readonly backend?: string
  readonly device?: string
  readonly seed: number
  readonly json?: boolean
  readonly ledger?: boolean
}

/** A plugin that was named by hand is wanted: what stops it stops the command. */
function assertNamedPlugins({ records }: Registry): void {
  const bad = records.find(
    ({ source, status }) => source === 'config' && status !== 'ok' && status !== 'shadowed',
  )
  if (bad)
    throw new SaliencyError(
      'INVALID_PLUGIN',
      `plugin ${bad.package} cannot be used: ${bad.reason ?? bad.status}`,
    )
}

/** The configuration and the plugins that a command works with. */
export interface Project {
  readonly loaded: LoadedConfig
  readonly registry: Registry
  readonly root: string
}

/**
 * Opens the project that a command works with.
 * @throws INVALID_CONFIG; INVALID_PLUGIN where a plugin named by hand cannot be used.
 */
export async function openProject(
  { root = '.', plugin = [] }: CommonFlags,
  { config, toleratesFailures = false }: { config?: string | undefined; toleratesFailures?: boolean } = {},
): Promise<Project> {
  const loaded = await loadConfig(config, root)
  const plugins = [...plugin, ...((loaded.config.plugins ?? []) as PluginReference[])]
  const registry = createRegistry(await discoverPlugins({ root, plugins }))
  if (!toleratesFailures) assertNamedPlugins(registry)
  return { loaded, registry, root }
}
