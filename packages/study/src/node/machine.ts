import { createHash } from 'node:crypto'
import { cpus, freemem, platform, totalmem } from 'node:os'
import type { Machine } from '../study-inputs.ts'
import { withinContainer } from '../system/container.ts'

/** Looks at this machine: one line for the protocol, and the memory that is there for a study. */
export function describeMachine(): Machine {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const { heapTotal, external, rss } = process.memoryUsage()
  return {
    description: `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} threads, ${memory} GiB, ${platform()}, Node.js ${process.version}`,
    available: withinContainer(freemem() + rss),
    inUse: heapTotal + external,
    sha256(pieces) {
      const hash = createHash('sha256')
      for (const piece of pieces) hash.update(piece)
      return hash.digest('hex')
    },
  }
}
