import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// Loaded before a measured command and before every Node process that it starts: each adds its processor time, all of its
// threads together, to a file when it ends.
const file = process.env.SALIENCY_PROCESSOR_TIMES
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    appendFileSync(file, `${(user + system) / 1e6}\n`)
  })
}
