import { Worker } from 'node:worker_threads'

/** Seconds without any progress after which a shard's process ends itself: no group of eight images takes so long. */
export const UNIT_TIMEOUT = 3_600

/** Looks in the time that is allowed. */
const LOOKS = 20

/**
 * Time is counted in looks, so that a process that was frozen has not been silent meanwhile. What ends the process is no
 * exit: a thread cannot stop another one that is inside of an engine.
 */
const watching = `
const { writeSync } = require('node:fs')
const { parentPort, workerData } = require('node:worker_threads')
let looks = 0
let doing = ''
parentPort.on('message', (text) => { looks = 0; doing = text })
setInterval(() => {
  if (++looks <= workerData.looks) return
  try { writeSync(2, 'error: ' + workerData.text.replace('DOING', doing) + '\\n') } catch {}
  process.kill(process.pid, 'SIGKILL')
}, workerData.pause)`

/** Watches that work goes on. */
export interface StallWatch {
  /** Something was finished. @param doing what comes next, in words */
  progress(doing: string): void
  stop(): void
}

/**
 * Ends this process, by a thread of its own, if nothing is finished for so long: code of a plugin or an engine may never come
 * back, and whoever started the process would wait for ever. What was begun counts as tried.
 * @param seconds without progress
 */
export function startStallWatch(seconds: number): StallWatch {
  const text = `nothing was finished for ${seconds} s (DOING), so this process ends. Finished results are kept; --unit-timeout sets the time.`
  const worker = new Worker(watching, {
    eval: true,
    workerData: { looks: LOOKS, pause: (1_000 * seconds) / LOOKS, text },
  })
  worker.on('error', () => undefined)
  worker.unref()
  const progress = (doing: string) => worker.postMessage(doing)
  progress('getting ready')
  return { progress, stop: () => void worker.terminate() }
}
