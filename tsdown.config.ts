import { existsSync } from 'node:fs'
import { defineConfig } from 'tsdown'

/** Shared by every package: ESM only, one entry per public module, declarations from isolated types. */
export default defineConfig({
  entry: ['src/index.ts', ...['src/cli.ts', 'src/worker.ts'].filter((file) => existsSync(file))],
  format: 'esm',
  dts: true,
  platform: 'neutral',
  fixedExtension: false,
  logLevel: 'warn',
})
