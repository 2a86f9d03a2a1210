import { type Command, CommanderError, InvalidArgumentError } from 'commander'

/** A whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1 && text.trim() !== '') return value
  throw new InvalidArgumentError('It takes a whole number of at least 1.')
}

/** Runs a command line: one line and exit code 2 for what was typed wrong, 1 for what went wrong. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.exitOverride().parseAsync()
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else {
      console.error(`error: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 1
    }
  }
}
