import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// Loaded before a measured command and before every Node process that it starts: each adds a line to a file when it ends,
// with its processor seconds, all of its threads together, and the most memory that it held, in KiB.
const file = process.env.SALIENCY_PROCESSOR_TIMES
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    appendFileSync(file, `${(user + system) / 1e6} ${process.resourceUsage().maxRSS}\n`)
  })
}
