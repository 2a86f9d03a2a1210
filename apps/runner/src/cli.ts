#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { needsSupervision, obeySupervisor, watchesOthers } from './cli/supervised.ts'
import { processTerminal } from './cli/terminal.ts'
import { exitCodes } from './exit-codes.ts'

const args = process.argv.slice(2)

async function work(): Promise<number> {
  const interruption = new AbortController()
  obeySupervisor(interruption)
  const stop = () => {
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted)
    interruption.abort()
  }
  process.on('SIGINT', stop)
  // Schedulers stop by this; whoever only watches others hears it.
  if (watchesOthers(args)) process.on('SIGTERM', stop)
  // The supervisor needs none of it, and a Ctrl-C while it loads is heard.
  const { main } = await import('./cli/main.ts')
  return main(args, processTerminal(interruption.signal))
}

// A reader that has seen enough (`saliency list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.badInput),
)
async function supervised(): Promise<number> {
  const { supervise } = await import('./cli/supervise.ts')
  return supervise(fileURLToPath(import.meta.url), args)
}

process.exitCode = needsSupervision(args) ? await supervised() : await work()
// A client of a database that is gone tries to reach it for ever.
if (watchesOthers(args)) process.exit()
