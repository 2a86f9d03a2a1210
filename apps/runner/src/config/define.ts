import type { Config } from './schema.ts'

/** Types a configuration in an editor; returns it as it is. */
export function defineConfig(config: Config): Config {
  return config
}
