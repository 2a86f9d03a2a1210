import { exitCodes } from '../exit-codes.ts'

/** Set in the process that does the work. */
export const CHILD = 'SALIENCY_SUPERVISED'

/** Commands whose native calls may block for longer than anyone waits after Ctrl-C. */
export function needsSupervision(args: readonly string[]): boolean {
  return args[0] === 'run' && process.env[CHILD] === undefined
}

/** In the child: listens for the request to stop, and ends with its parent. */
export function obeySupervisor(interruption: AbortController): void {
  if (process.env[CHILD] === undefined || process.send === undefined) return
  process.on('message', (message) => {
    if (message === 'stop') interruption.abort()
  })
  process.on('disconnect', () => process.exit(exitCodes.interrupted))
  // Listening must not keep a finished command alive.
  process.channel?.unref()
}
