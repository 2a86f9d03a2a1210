import { fstatSync, openSync, closeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** How often a lock says that its process works, and how long it must be silent to count for nothing, in milliseconds. */
export interface Rhythm {
  readonly beat: number
  readonly silence: number
}

/** Thirty beats missed: a busy machine or a slow network drive does not look dead. */
export const rhythm: Rhythm = { beat: 2_000, silence: 60_000 }

/**
 * The open file is touched and not the path: after another process took the folder over, its lock is left alone.
 * A file that cannot be touched any more is nobody's business here.
 */
const beating = `
const { futimesSync, openSync } = require('node:fs')
const { workerData } = require('node:worker_threads')
const file = openSync(workerData.path, 'r+')
setInterval(() => { try { futimesSync(file, new Date(), new Date()) } catch {} }, workerData.beat)`

/**
 * Touches a file every now and then, on a thread of its own: an engine may block the thread that calls it for minutes.
 * @returns ends it
 */
export function startBeating(path: string, { beat }: Rhythm): () => void {
  const worker = new Worker(beating, { eval: true, workerData: { path, beat } })
  worker.on('error', () => undefined)
  worker.unref()
  return () => void worker.terminate()
}

/** Which file lies there and when it was touched; opened for it, because network drives answer a bare look from memory. */
function pulse(path: string): string | undefined {
  try {
    const file = openSync(path, 'r')
    const { ino, mtimeMs } = fstatSync(file)
    closeSync(file)
    return `${ino} ${mtimeMs}`
  } catch {
    return undefined
  }
}

/** Watches a file until it is touched, replaced or removed; true if it stays as it is. No clock is compared with another. */
export async function isSilent(path: string, { beat, silence }: Rhythm): Promise<boolean> {
  const first = pulse(path)
  for (let waited = 0; waited < silence; waited += beat) {
    await wait(beat)
    if (pulse(path) !== first) return false
  }
  return true
}
