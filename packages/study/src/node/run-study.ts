import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PlannedStudy } from '../plan-study.ts'
import { type RunOutcome, type RunSettings, runWith } from '../run-study.ts'
import type { Shard } from '../shard.ts'
import { type Run, openRun as openStoredRun } from '../store/open-run.ts'
import { folderStore } from './folder-store.ts'
import { joinMachines } from './machines-file.ts'
import { assertUnclaimed, lockRunFolder } from './run-lock.ts'
import { explainSystemError } from '../system/errors.ts'
import { makeFolder } from '../system/files.ts'
import { startStallWatch, type StallWatch, UNIT_TIMEOUT } from './stall-watch.ts'
import { readStudy } from './study-file.ts'
import { threadCrew } from './thread-crew.ts'

/** A planned study, the folder it runs in, and how much of it is run. */
export interface StudyInFolder extends PlannedStudy {
  /** The run folder, made when the study runs. */
  readonly folder: string
  /** The share that is run; all of it by default. */
  readonly shard?: Shard
}

/** How a study is run in a folder. */
export interface FolderRunSettings extends RunSettings {
  /** Scoring threads beside the engine's; 0 for none. A quarter of the cores by default, at most four. */
  readonly threads?: number
  /** Where maps of the original weights lie while this process runs, instead of the run folder: a disk of this machine's own. The report then shows no maps of images. */
  readonly scratch?: string
  /** Refuses to add rows of a machine that rounds differently from the one that began the study. */
  readonly sameBits?: boolean
  /**
   * Seconds without a finished group of images after which this process ends itself, so that whoever started it can go on: an hour
   * for a shard, whose unit then counts as tried; without an end for a whole run, unless it is given.
   */
  readonly unitTimeout?: number
  /** Is told what is waited for: another process that is about to end, for instance. */
  readonly say?: (text: string) => void
}

/** A folder of this process's own. @throws FILE */
function makeScratch(folder: string): string {
  try {
    makeFolder(folder)
    return mkdtempSync(join(folder, 'saliency-maps-'))
  } catch (error) {
    throw explainSystemError(error, folder)
  }
}

/** Tells a watch what is finished, and everybody else, too. */
function watched(watch: StallWatch, events: RunSettings['events']): NonNullable<RunSettings['events']> {
  return (pending) => {
    const told = events?.(pending) ?? {}
    return {
      state(index, state) {
        watch.progress(`weight state ${index}`)
        told.state?.(index, state)
      },
      group(unit, group) {
        watch.progress(`after group ${group} of unit ${unit.id}`)
        told.group?.(unit, group)
      },
      unit: (unit, error) => told.unit?.(unit, error),
    }
  }
}

/**
 * Runs a planned study in its folder, with threads that score beside the engine: makes the folder or goes on in it, and
 * computes every unit that is not finished. No other process may work in the folder
 * meanwhile, except other shards of the same study where a shard is run.
 * @throws INVALID_MODEL if the logits of the first images are no finite numbers; INVALID_RUN if the folder holds another study or another process works in it; FILE if it cannot be written
 */
export async function runStudy(
  { folder, ...planned }: StudyInFolder,
  {
    threads,
    sameBits = false,
    scratch,
    unitTimeout,
    say = () => undefined,
    ...settings
  }: FolderRunSettings = {},
): Promise<RunOutcome> {
  if (planned.shard) await assertUnclaimed(folder, say)
  const release = planned.shard ? () => undefined : await lockRunFolder(folder, say)
  const own = scratch === undefined ? undefined : makeScratch(scratch)
  const seconds = unitTimeout ?? (planned.shard && UNIT_TIMEOUT)
  const watch = seconds === undefined ? undefined : startStallWatch(seconds)
  try {
    const store = folderStore(folder, own)
    const rounds = (rounding: string) => {
      settings.rounds?.(rounding)
      joinMachines(folder, rounding, sameBits)
    }
    const events = watch ? watched(watch, settings.events) : settings.events
    const running = { ...settings, rounds, ...(events && { events }) }
    return await runWith({ ...planned, store }, running, threadCrew(folder, threads))
  } finally {
    watch?.stop()
    if (own !== undefined) rmSync(own, { recursive: true, force: true })
    release()
  }
}

/**
 * Opens a run folder for reading: what it says is checked by checksums, and nothing in it is changed.
 * @throws INVALID_RUN if it is no run folder, or its `study.json` is damaged
 */
export async function openRun(folder: string): Promise<Run> {
  readStudy(folder)
  return openStoredRun(folderStore(folder))
}
