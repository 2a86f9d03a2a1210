import pc from 'picocolors'

/** Where a command writes, and what can stop it. */
export interface Terminal {
  out(text: string): void
  error(text: string): void
  /** True if a person watches the error stream: progress bars go there. */
  readonly isTTY: boolean
  readonly signal: AbortSignal
}

/** A warning that cannot be missed. */
export function warn(terminal: Terminal, text: string): void {
  terminal.error(`${pc.yellow(pc.bold('warning:'))} ${pc.yellow(text)}`)
}

/** The process's own streams. */
export function processTerminal(signal: AbortSignal): Terminal {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    error: (text) => void process.stderr.write(`${text}\n`),
    isTTY: process.stderr.isTTY === true,
    signal,
  }
}
