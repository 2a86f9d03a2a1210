import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { ParityReporter } from './tools/parity-reporter.ts'
import { leftOut, SlowFirst } from './tools/slow-suites.ts'

// Tests run on the sources: no build is needed, and a failure points at the line that was written.
const conditions = ['@saliency/source', 'module', 'node', 'default']

const everywhere = ['{packages,apps,templates}/*/test/**/*.test.ts', '{tools,bench}/test/**/*.test.ts']

/** Files that put other modules in the place of real ones, which no other file may see. */
const mocking = ['packages/toolkit/test/missing-engines.test.ts']

/** Chromium's driver for Vulkan, which draws on the processor: with it WebGPU is tested where there is no graphics card. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json'
const isNeeded = !existsSync('/dev/dri') && existsSync(softwareDriver)

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Messages are compared as text, wherever the suite runs.
    env: { NO_COLOR: '1', ...(isNeeded && { VK_DRIVER_FILES: softwareDriver }) },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    projects: [
      // Files share a process, so that each module is loaded and compiled once: this halves the time of the suite.
      {
        extends: true,
        test: { name: 'shared', include: everywhere, exclude: [...mocking, ...leftOut], isolate: false },
      },
      { extends: true, test: { name: 'mocking', include: mocking } },
    ],
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'node_modules/.cache/vitest.json' }], new ParityReporter()]
      : ['default', new ParityReporter()],
  },
})
