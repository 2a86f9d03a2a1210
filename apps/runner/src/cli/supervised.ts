import { exitCodes } from '../exit-codes.ts'

/** Set in the process that does the work. */
export const CHILD = 'SALIENCY_SUPERVISED'

/** Milliseconds in which work whose supervisor is gone comes to its end. */
const PATIENCE = 2_000

const isOn = (argument: string) => argument === '--on' || argument.startsWith('--on=')

/** Whether a command only sees to it that others compute: a worker, and a run that shards of other processes compute. */
export function watchesOthers([command, ...args]: readonly string[]): boolean {
  return command === 'worker' || (command === 'run' && args.some(isOn))
}

/** Commands whose native calls may block for longer than anyone waits after Ctrl-C. */
export function needsSupervision(args: readonly string[]): boolean {
  return args[0] === 'run' && !watchesOthers(args) && process.env[CHILD] === undefined
}

/** What is the command's, and what follows `--` for a scheduler. */
export function splitNative(args: readonly string[]): { own: readonly string[]; native: readonly string[] } {
  const at = watchesOthers(args) ? args.indexOf('--') : -1
  return at < 0 ? { own: args, native: [] } : { own: args.slice(0, at), native: args.slice(at + 1) }
}

/** In the child: listens for the request to stop, and ends with its parent. */
export function obeySupervisor(interruption: AbortController): void {
  if (process.env[CHILD] === undefined || process.send === undefined) return
  process.on('message', (message) => {
    if (message === 'stop') interruption.abort()
  })
  process.on('disconnect', () => {
    // What it has begun counts for nothing; where that takes long, something hangs.
    interruption.abort()
    setTimeout(() => process.exit(exitCodes.interrupted), PATIENCE)
  })
  // Listening must not keep a finished command alive.
  process.channel?.unref()
}
