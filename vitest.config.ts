import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@saliency/source', 'module', 'node', 'default'] } },
  resolve: { conditions: ['@saliency/source', 'module', 'node', 'default'] },
  test: {
    include: ['{packages,apps,templates}/*/test/**/*.test.ts', 'tools/test/**/*.test.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
  },
})
