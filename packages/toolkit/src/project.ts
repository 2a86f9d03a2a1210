// A user's project: its configuration and the plugins that it has. No model is read.
export { type LoadedConfig, loadConfig } from './config/load.ts'
export { configJsonSchema } from './config/json-schema.ts'
export { executorFor, shownAddress } from './cluster/executor-for.ts'
export { readShard } from './cluster/read-shard.ts'
export { discoverPlugins } from './discovery/discover.ts'
export type { PluginRecord, PluginReference } from './discovery/plugin.ts'
export { createRegistry, type Registry } from './discovery/registry.ts'
export {
  leftOutOfAll,
  leftToNames,
  leftToNamesSentence,
  selectMethods,
  selectOne,
} from './discovery/selection.ts'
