import { defineConfig } from 'vitest/config'
import { ParityReporter } from './tools/parity-reporter.ts'

// Tests run on the sources: no build is needed, and a failure points at the line that was written.
const conditions = ['@saliency/source', 'module', 'node', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps,templates}/*/test/**/*.test.ts', '{tools,bench}/test/**/*.test.ts'],
    // Messages are compared as text, wherever the suite runs.
    env: { NO_COLOR: '1' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'node_modules/.cache/vitest.json' }], new ParityReporter()]
      : ['default', new ParityReporter()],
  },
})
