import { messageOf, SaliencyError } from '@saliency/core'
import { CommanderError } from 'commander'
import pc from 'picocolors'
import { explainSystemError } from '@saliency/study/system'
import { exitCodes } from '../exit-codes.ts'
import { createProgram } from './program.ts'
import { splitNative } from './supervised.ts'
import { createSpeaker, type Speaker } from './quiet.ts'
import type { Terminal } from './terminal.ts'

/** The same for a program that asked for JSON: it finds the error where it looks for the result. */
function reportJson(code: string, message: string, args: readonly string[], terminal: Speaker): void {
  if (args.includes('--json')) terminal.out(JSON.stringify({ format: 1, error: { code, message } }))
}

/** One message for whoever typed the command; the stack only where it was asked for. */
function report(error: unknown, args: readonly string[], terminal: Speaker): void {
  const known = explainSystemError(error)
  const isExpected = SaliencyError.is(known)
  const isDebug = args.includes('--debug')
  reportJson(isExpected ? known.code : 'INTERNAL', messageOf(known), args, terminal)
  const prefix = isExpected ? 'error' : 'internal error'
  terminal.fail(`${pc.red(pc.bold(`${prefix}:`))} ${messageOf(known)}`)
  if (isDebug) terminal.fail(error instanceof Error ? (error.stack ?? '') : String(error))
  else if (!isExpected) terminal.fail('This should not happen; repeat the command with --debug to see where.')
}

/**
 * Runs one command line and returns its exit code: 0 done, 1 some units or images failed, 2 bad input, 130 interrupted.
 * @param args without the interpreter and the script
 */
export async function main(args: readonly string[], given: Terminal): Promise<number> {
  const terminal = createSpeaker(given)
  let code: number = exitCodes.ok
  const { own, native } = splitNative(args)
  const program = createProgram(terminal, (result) => (code = result), { args: own, native })
  try {
    await program.parseAsync([...own], { from: 'user' })
    return code
  } catch (error) {
    // Commander has printed its own message, or the help that was asked for.
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok
      reportJson('USAGE', error.message.replace(/^error: /, ''), args, terminal)
      return exitCodes.badInput
    }
    if (SaliencyError.is(error, 'INTERRUPTED')) {
      reportJson(error.code, messageOf(error).trim(), args, terminal)
      terminal.fail(messageOf(error))
      return exitCodes.interrupted
    }
    report(error, args, terminal)
    return exitCodes.badInput
  }
}
