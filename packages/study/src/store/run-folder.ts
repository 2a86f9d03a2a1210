import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { makeFolder, readJson } from '../system/files.ts'
import { isStudyRecord, runOf, type StudyRecord } from './study-record.ts'

/** The path of a run's description. */
export function studyFile(folder: string): string {
  return join(folder, 'study.json')
}

/** Tells a folder from another one that has its name. */
function inodeOf(folder: string): string | undefined {
  const found = statSync(folder, { throwIfNoEntry: false })
  return found && `${found.ino} ${found.birthtimeMs}`
}

/**
 * Watches a run folder: what is written after it was removed would belong to nothing.
 * @returns throws FILE if the folder is not there any more, or another one is in its place
 */
export function watchFolder(folder: string): () => void {
  makeFolder(folder)
  const before = inodeOf(folder)
  return () => {
    if (inodeOf(folder) === before) return
    throw new SaliencyError(
      'FILE',
      `${folder} was removed or renamed while the study ran, so it stopped: put the folder back and repeat the command, or repeat it to begin anew.`,
    )
  }
}

/**
 * Reads a run folder's description.
 * @throws INVALID_RUN if the folder is no run or of another version.
 */
export function readStudy(folder: string): StudyRecord {
  if (!existsSync(studyFile(folder))) {
    throw new SaliencyError(
      'INVALID_RUN',
      `${folder} is no run folder: it has no study.json. \`saliency run --out ${folder}\` makes one.`,
    )
  }
  const record = readJson(studyFile(folder), 'INVALID_RUN')
  if (isStudyRecord(record)) return record
  throw damaged(folder)
}

function damaged(folder: string): SaliencyError {
  return new SaliencyError(
    'INVALID_RUN',
    `${studyFile(folder)} is damaged or was written by another version: use another folder.`,
  )
}

/**
 * Refuses a description that was changed: a run's id is the hash of all that changes a number.
 * @throws INVALID_RUN
 */
export function assertIdentity(folder: string, { run, identity }: StudyRecord): void {
  if (run !== runOf(identity)) throw damaged(folder)
}
