import { fork } from 'node:child_process'
import { constants, totalmem } from 'node:os'
import { environment } from '@saliency/engine-onnxruntime'
import { withinContainer } from '@saliency/study/system'
import { exitCodes } from '../exit-codes.ts'
import { CHILD } from './supervised.ts'

/** Milliseconds that the work has to stop by itself; finished results are on disk at any time. */
const GRACE = 1000

/** Of the machine's memory, what the child may fill with JavaScript's objects: Node.js alone stops at 4 GiB. */
const HEAP_SHARE = 0.6

/** How Node.js ends where its heap is full. */
const ABORTED = 'SIGABRT'

const outOfMemory =
  'Out of memory. Finished results are kept: the same command goes on where it stopped. A study with fewer similarities or images needs less.'

/** What a shell makes of a process that a signal ended. */
const SIGNALLED = 128

function ended(signal: NodeJS.Signals): string {
  const why = signal === 'SIGKILL' ? ', as systems do when memory runs out' : ''
  return `The system ended the work (${signal}${why}). Finished results are kept: the same command goes on where it stopped; with a smaller --memory it needs less.`
}

/** A progress bar that was cut off leaves the cursor hidden and lines unwrapped. */
function restoreTerminal(): void {
  if (process.stderr.isTTY) process.stderr.write('\u001B[?25h\u001B[?7h')
}

const goOn = 'Stopped. Finished results are kept; the same command goes on where it stopped.'

/** From here on, memory that one weight state freed is better kept for the next one than given back to the system. */
const AMPLE = 16 * 2 ** 30

/** Whoever limits memory wants what is free given back. */
function environmentFor(args: readonly string[]): Readonly<Record<string, string>> {
  const isLimited = args.some((argument) => argument.startsWith('--memory'))
  return isLimited || withinContainer(totalmem()) < AMPLE ? {} : environment
}

/**
 * Runs this command line in a child process and stops it when asked to. Engines compute inside native calls that no
 * signal handler of the same process can interrupt; a unit's file is written whole or not at all, so ending the child is
 * safe at any moment.
 * @returns the exit code
 */
export function supervise(script: string, args: readonly string[]): Promise<number> {
  const heap = Math.round((HEAP_SHARE * withinContainer(totalmem())) / 2 ** 20)
  // The child has its own group: a terminal's Ctrl-C reaches this process alone, which asks and then insists.
  const child = fork(script, [...args], {
    env: { ...environmentFor(args), ...process.env, [CHILD]: '1' },
    execArgv: [`--max-old-space-size=${heap}`, ...process.execArgv],
    stdio: 'inherit',
    detached: true,
  })
  let asked = false
  const stop = () => {
    if (asked) {
      child.kill('SIGKILL')
      return
    }
    asked = true
    child.send('stop', () => undefined)
    setTimeout(() => {
      process.stderr.write(`\n${goOn}\n`)
      child.kill('SIGKILL')
    }, GRACE).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  return new Promise((done) => {
    child.once('exit', (code, signal) => {
      if (signal) restoreTerminal()
      if (asked) return done(exitCodes.interrupted)
      if (!signal) return done(code ?? exitCodes.badInput)
      process.stderr.write(`\n${signal === ABORTED ? outOfMemory : ended(signal)}\n`)
      return done(SIGNALLED + constants.signals[signal])
    })
  })
}
