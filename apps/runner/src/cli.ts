#!/usr/bin/env node
import { exitCodes } from './errors.ts'
import { main } from './cli/main.ts'
import { processTerminal } from './cli/terminal.ts'

/** Milliseconds a command has to stop by itself after Ctrl-C; finished results are on disk at any time. */
const GRACE = 1500

const interruption = new AbortController()
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(exitCodes.interrupted)
  interruption.abort()
  setTimeout(() => {
    process.stderr.write('\nStopped. Finished results are kept; the same command goes on where it stopped.\n')
    process.exit(exitCodes.interrupted)
  }, GRACE).unref()
})

// A reader that has seen enough (`saliency list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : exitCodes.badInput),
)
process.exitCode = await main(process.argv.slice(2), processTerminal(interruption.signal))
