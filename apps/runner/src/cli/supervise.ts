import { type ChildProcess, fork } from 'node:child_process'
import { constants, totalmem } from 'node:os'
import { environment } from '@saliency/engine-onnxruntime'
import { withinContainer } from '@saliency/study/system'
import { exitCodes } from '../exit-codes.ts'
import { CHILD } from './supervised.ts'

/** Milliseconds that the work has to stop by itself; finished results are on disk at any time. */
const GRACE = 1_000

/** The same where no person waits: a scheduler leaves half a minute, and a shard that stops by itself is not taken for one that kills its process. */
const SHARD_GRACE = 20_000

/** Of the machine's memory, what the child may fill with JavaScript's objects: Node.js alone stops at 4 GiB. */
const HEAP_SHARE = 0.6

/** How Node.js ends where its heap is full. */
const ABORTED = 'SIGABRT'

const outOfMemory =
  'Out of memory. Finished results are kept: the same command goes on where it stopped. A study with fewer similarities or images needs less.'

/** What a shell makes of a process that a signal ended. */
const SIGNALLED = 128

/** Says of work that a signal ended why that may be, and how to go on. */
export function ended(signal: NodeJS.Signals): string {
  if (signal === ABORTED) return outOfMemory
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

/** Work in a process of its own. */
export interface Work {
  readonly process: ChildProcess
  /** Whether it was asked to stop. */
  readonly isStopped: boolean
  /** Asks it to stop, and insists after a while; asked again, it insists at once. */
  stop(): void
}

/**
 * Starts a command line in a child process. Engines compute inside native calls that no signal handler of the same process
 * can interrupt; a unit's file is written whole or not at all, so ending the child is safe at any moment.
 */
export function startWork(script: string, args: readonly string[]): Work {
  const heap = Math.round((HEAP_SHARE * withinContainer(totalmem())) / 2 ** 20)
  // The child has its own group: a terminal's Ctrl-C reaches this process alone, which asks and then insists.
  const child = fork(script, [...args], {
    env: { ...environmentFor(args), ...process.env, [CHILD]: '1' },
    execArgv: [`--max-old-space-size=${heap}`, ...process.execArgv],
    stdio: 'inherit',
    detached: true,
  })
  const grace = args.some((argument) => argument.startsWith('--shard')) ? SHARD_GRACE : GRACE
  let isStopped = false
  return {
    process: child,
    get isStopped() {
      return isStopped
    },
    stop() {
      if (isStopped) {
        child.kill('SIGKILL')
        return
      }
      isStopped = true
      child.send('stop', () => undefined)
      setTimeout(() => {
        if (child.exitCode !== null || child.signalCode !== null) return
        process.stderr.write(`\n${goOn}\n`)
        child.kill('SIGKILL')
      }, grace).unref()
    },
  }
}

/**
 * Runs this command line in a child process and stops it when asked to.
 * @returns the exit code
 */
export function supervise(script: string, args: readonly string[]): Promise<number> {
  const work = startWork(script, args)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => work.stop())
  return new Promise((done) => {
    work.process.once('exit', (code, signal) => {
      if (signal) restoreTerminal()
      if (work.isStopped) return done(exitCodes.interrupted)
      if (!signal) return done(code ?? exitCodes.badInput)
      process.stderr.write(`\n${ended(signal)}\n`)
      return done(SIGNALLED + constants.signals[signal])
    })
  })
}
