import type { Command } from 'commander'
import { collect } from './values.ts'

/** Options that every command takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .option(
      '--plugin <name>',
      'a plugin besides the declared dependencies: package or path (repeatable)',
      collect,
    )
    .option('--root <folder>', 'where the project is: its package.json declares the plugins', '.')
    .option('--debug', 'show where an error came from')
}

/** Receives a command's exit code. */
export type Done = (code: number) => void
