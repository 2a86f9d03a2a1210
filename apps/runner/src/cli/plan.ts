import { resolve } from 'node:path'
import { counted } from '@saliency/core'
import { continueRun, forgetTries, layersWithoutNames, mostShards } from '@saliency/study'
import { folderStore, writeExternal } from '@saliency/study/node'
import type { PlannedStudy } from '@saliency/toolkit'
import { exitCodes } from '../exit-codes.ts'
import { describePlan } from './dry-run.ts'
import { prepareStudy, type StudyFlags } from './prepare.ts'
import { type Terminal, warn } from './terminal.ts'

/** Flags of `saliency plan`. */
export interface PlanFlags extends StudyFlags {
  readonly forExternal?: string
  readonly shards?: number
  readonly json?: boolean
}

/** Names that a message lists. */
const NAMED = 3

/** Writes what another program needs to make the maps of a study. */
async function planExternal(planned: PlannedStudy, folder: string, terminal: Terminal): Promise<void> {
  const { manifest, maps } = await writeExternal(planned, folder)
  const { states, images } = manifest
  terminal.out(
    `${folder}: ${counted(maps, 'map')} to make, of ${counted(images.length, 'image')} in ${counted(states.length, 'state')} of weights and images. manifest.json names each file.`,
  )
  const unnamed = layersWithoutNames(manifest)
  if (unnamed.length === 0) return
  const list = unnamed.slice(0, NAMED).join(', ') + (unnamed.length > NAMED ? ', …' : '')
  warn(
    terminal,
    `${counted(unnamed.length, 'layer')} of the model file have no module's name (${list}): torch's names do not survive there. Match parameters by their order and shape.`,
  )
}

/**
 * `saliency plan [CONFIG] --out RUN`: says in the run folder what is studied, and computes nothing. Shards that follow take
 * the sizes that were chosen here. With `--for-external FOLDER` the run folder stays as it is, and another program is told
 * which maps to make.
 * @throws INVALID_RUN if the run folder holds another study; FILE if the other folder cannot be used
 */
export async function planCommand(
  configPath: string | undefined,
  flags: PlanFlags,
  terminal: Terminal,
): Promise<number> {
  const { planned } = await prepareStudy(
    configPath,
    flags,
    terminal,
    flags.forExternal === undefined,
    flags.shards,
  )
  if (flags.forExternal !== undefined) {
    await planExternal(planned, resolve(flags.forExternal), terminal)
    return exitCodes.ok
  }
  const { folder, record, study } = planned
  const store = folderStore(folder)
  const { units } = await continueRun(store, record)
  await forgetTries(store)
  if (flags.json) {
    terminal.out(JSON.stringify(await describePlan(planned)))
    return exitCodes.ok
  }
  const shards = mostShards(units)
  terminal.out(
    `${folder}: ${counted(units.length, 'unit')} of work, batch ${study.batchSize}; at most ${counted(shards, 'shard')} ${shards === 1 ? 'has' : 'have'} something to do.`,
  )
  return exitCodes.ok
}
