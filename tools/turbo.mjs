// Runs turbo with telemetry off; npm scripts have no portable way to set an environment variable.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo')
const env = {
  ...process.env,
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
}
const { status } = spawnSync(process.execPath, [turbo, ...process.argv.slice(2)], { stdio: 'inherit', env })
process.exitCode = status ?? 1
