import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import type { Command } from 'commander'
import { dependencyManifest, runnerFolder } from '../discovery/manifest.ts'

/** The command of @saliency/doctor, which is installed by those who write plugins. */
function doctorCommand(): string {
  const found = [process.cwd(), runnerFolder]
    .map((from) => dependencyManifest('@saliency/doctor', from))
    .find(Boolean)
  const command = found && join(found.folder, 'dist/cli.js')
  if (command && existsSync(command)) return command
  throw new SaliencyError(
    'MISSING_PART',
    'The doctor is a package of its own: npm install --save-dev @saliency/doctor.',
  )
}

/** Declares `saliency doctor`, which hands over to `saliency-doctor`. */
export function addDoctorCommand(program: Command, done: (code: number) => void): void {
  program
    .command('doctor')
    .description('Check a plugin package the way Saliency checks its own (needs @saliency/doctor).')
    .argument('[package]', 'a folder, or the name of an installed package', '.')
    .option('--json', 'print the diagnosis as JSON')
    .action((given: string, { json }: { json?: boolean }) => {
      const parts = [doctorCommand(), given, ...(json ? ['--json'] : [])]
      done(spawnSync(process.execPath, parts, { stdio: 'inherit' }).status ?? 1)
    })
}
