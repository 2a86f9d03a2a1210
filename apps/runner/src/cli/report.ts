import { resolve } from 'node:path'
import { type CommonFlags, openProject } from './discover.ts'
import { finishStudy } from './finish.ts'
import type { Terminal } from './terminal.ts'

/** Flags of `saliency report`. */
export interface ReportFlags extends CommonFlags {
  readonly threshold?: number
  readonly out?: string
  readonly json?: boolean
}

/** `saliency report RUN`: summaries and report from stored rows alone. */
export async function reportCommand(folder: string, flags: ReportFlags, terminal: Terminal): Promise<number> {
  const { registry } = await openProject(flags)
  return finishStudy({
    folder,
    registry,
    terminal,
    ...(flags.threshold !== undefined && { threshold: flags.threshold }),
    ...(flags.out !== undefined && { out: resolve(flags.out) }),
    json: flags.json === true,
  })
}
