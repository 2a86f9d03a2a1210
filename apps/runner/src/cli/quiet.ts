import { appendFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { explainSystemError } from '@saliency/study/system'
import { printable, type Terminal } from './terminal.ts'

/** Flags of every command. */
export interface SpeechFlags {
  /** Say results and the error that ends the command, and nothing else. */
  readonly quiet?: boolean
  /** A file that everything said is added to. */
  readonly logFile?: string
}

/** A terminal that can be told to say less, and to write down what it says. */
export interface Speaker extends Terminal {
  /** @throws FILE if the log cannot be written */
  obey(flags: SpeechFlags): void
  /** Says why the command ends, however quiet it is. */
  fail(text: string): void
}

/** Adds lines to a file, each with the time. */
function openLog(file: string): (text: string) => void {
  const write = (text: string) => {
    const time = new Date().toISOString()
    const lines = stripVTControlCharacters(printable(text)).split('\n')
    appendFileSync(file, lines.map((line) => `${time} ${line}\n`).join(''))
  }
  try {
    appendFileSync(file, '')
  } catch (error) {
    throw explainSystemError(error)
  }
  return write
}

/** Speaks through another terminal. */
export function createSpeaker(terminal: Terminal): Speaker {
  let isQuiet = false
  let log: ((text: string) => void) | undefined
  const fail = (text: string) => {
    terminal.error(text)
    log?.(text)
  }
  return {
    signal: terminal.signal,
    ...(terminal.columns !== undefined && { columns: terminal.columns }),
    get isTTY() {
      return terminal.isTTY && !isQuiet
    },
    out(text) {
      terminal.out(text)
      log?.(text)
    },
    error(text) {
      if (isQuiet) log?.(text)
      else fail(text)
    },
    fail,
    obey({ quiet = false, logFile }) {
      isQuiet = quiet
      if (logFile !== undefined) log = openLog(logFile)
    },
  }
}
