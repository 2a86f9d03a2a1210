import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import type { Command } from 'commander'
import { dependencyManifest } from '@saliency/toolkit/start'
import type { Done } from './options.ts'
import { own } from './own.ts'
import type { Terminal } from './terminal.ts'

/** The command of @saliency/doctor, which is installed by those who write plugins. */
function doctorCommand(): string {
  const found = [process.cwd(), own?.folder ?? '']
    .map((from) => dependencyManifest('@saliency/doctor', from))
    .find(Boolean)
  const command = found && join(found.folder, 'dist/cli.js')
  if (command && existsSync(command)) return command
  throw new SaliencyError(
    'MISSING_PART',
    'The doctor is a package of its own: npm install --save-dev @saliency/doctor.',
  )
}

/** Hands a plugin package over to `saliency-doctor`. */
function examinePlugin(given: string, isJson: boolean): number {
  const parts = [doctorCommand(), given, ...(isJson ? ['--json'] : [])]
  return spawnSync(process.execPath, parts, { stdio: 'inherit' }).status ?? 1
}

/** Declares `saliency doctor`: of the installation, or of a plugin package. */
export function addDoctorCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('doctor')
    .description(
      'Check this installation: engines, machine, versions, plugins. With a package: check a plugin the way Saliency checks its own (needs @saliency/doctor).',
    )
    .argument('[package]', "a plugin's folder, or the name of an installed package")
    .option('--json', 'print the diagnosis as JSON')
    .action(async (given: string | undefined, { json = false }: { json?: boolean }) => {
      if (given !== undefined) return done(examinePlugin(given, json))
      const { examineInstallation } = await import('./installation.ts')
      return done(await examineInstallation(json, terminal))
    })
}
