import { counted } from '@saliency/core'
import { continueRun } from '@saliency/study'
import { folderStore } from '@saliency/study/node'
import { exitCodes } from '../errors.ts'
import { prepareStudy, type StudyFlags } from './prepare.ts'
import type { Terminal } from './terminal.ts'

/**
 * `saliency plan [CONFIG] --out RUN`: says in the run folder what is studied, and computes nothing. Shards that follow take
 * the sizes that were chosen here.
 * @throws INVALID_RUN if the folder holds another study
 */
export async function planCommand(
  configPath: string | undefined,
  flags: StudyFlags,
  terminal: Terminal,
): Promise<number> {
  const { planned } = await prepareStudy(configPath, flags, terminal)
  const { folder, record, study } = planned
  const { units } = await continueRun(folderStore(folder), record)
  const shards = new Set(units.map(({ from }) => from)).size
  terminal.out(
    `${folder}: ${counted(units.length, 'unit')} of work, batch ${study.batchSize}; at most ${counted(shards, 'shard')} have something to do.`,
  )
  return exitCodes.ok
}
