import pc from 'picocolors'

/** Where a command writes, and what can stop it. */
export interface Terminal {
  out(text: string): void
  error(text: string): void
  /** True if a person watches the error stream: progress bars go there. */
  readonly isTTY: boolean
  /** How wide a screen is that prints the output; absent for a file or a pipe. */
  readonly columns?: number
  readonly signal: AbortSignal
}

/** A warning that cannot be missed. */
export function warn(terminal: Terminal, text: string): void {
  terminal.error(`${pc.yellow(pc.bold('warning:'))} ${pc.yellow(text)}`)
}

/**
 * A text that cannot drive a terminal: of control characters only line ends, tabs and this program's own colours remain.
 * Names of files and classes may hold any.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/\u001b\[[\d;]*m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (found) =>
    found.length > 1 ? found : '�',
  )
}

/** The process's own streams. */
export function processTerminal(signal: AbortSignal): Terminal {
  return {
    out: (text) => void process.stdout.write(`${printable(text)}\n`),
    error: (text) => void process.stderr.write(`${printable(text)}\n`),
    isTTY: process.stderr.isTTY === true,
    ...(process.stdout.isTTY && { columns: process.stdout.columns }),
    signal,
  }
}
