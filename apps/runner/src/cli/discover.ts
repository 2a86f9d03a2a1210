import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { discoverPlugins } from '../discovery/discover.ts'
import type { PluginReference } from '../discovery/plugin.ts'
import { createRegistry, type Registry } from '../discovery/registry.ts'

/** Options that every command takes. */
export interface CommonFlags {
  readonly root?: string
  readonly plugin?: readonly string[]
}

/** The configuration and the plugins that a command works with. */
export async function openProject(
  { root = '.', plugin = [] }: CommonFlags,
  configPath?: string,
): Promise<{ loaded: LoadedConfig; registry: Registry; root: string }> {
  const loaded = await loadConfig(configPath, root)
  const plugins = [...plugin, ...((loaded.config.plugins ?? []) as PluginReference[])]
  return { loaded, registry: createRegistry(await discoverPlugins({ root, plugins })), root }
}
