import { counted } from '@saliency/core'
import { openRun } from '@saliency/study/node'
import { exitCodes } from '../exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** Flags of `saliency status`. */
export interface StatusFlags {
  readonly json?: boolean
}

/**
 * `saliency status RUN`: how much of a study is done, from its folder alone, whoever computes it.
 * @throws INVALID_RUN if the folder holds no study
 */
export async function statusCommand(
  folder: string,
  { json }: StatusFlags,
  terminal: Terminal,
): Promise<number> {
  const { record, finished, failures } = await openRun(folder)
  const failed = failures.units
  const all = record.units.length
  const units = {
    all,
    done: finished.length,
    failed: failed.length,
    open: all - finished.length - failed.length,
  }
  if (json) terminal.out(JSON.stringify({ format: 1, run: record.run, units, failures: failed }))
  else {
    terminal.out(`${units.done} of ${counted(all, 'unit')} done, ${units.failed} failed, ${units.open} open.`)
    for (const { unit, reason } of failed) terminal.out(`${unit}: ${reason}`)
  }
  return units.failed > 0 ? exitCodes.someFailed : exitCodes.ok
}
