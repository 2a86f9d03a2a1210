import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import type { StudyRecord } from '../store/study-record.ts'
import { readJson, writeOnce } from '../system/files.ts'
import type { FileFormat } from './file-format.ts'
import { isStudyRecord } from './study-schema.ts'

/** The path of a run's description. */
export function studyFile(folder: string): string {
  return join(folder, 'study.json')
}

function readRecord(path: string): StudyRecord {
  const record = readJson(path, 'INVALID_RUN')
  if (isStudyRecord(record)) return record
  throw new SaliencyError(
    'INVALID_RUN',
    `${path} is damaged or was written by another version: use another folder.`,
  )
}

/** A run's description as JSON; the first one that is written stays. */
export const studyFormat: FileFormat<StudyRecord> = {
  folder: '',
  ending: '.json',
  write: (path: string, record: StudyRecord): void =>
    writeOnce(path, `${JSON.stringify(record, undefined, 2)}\n`),
  read: readRecord,
}

/**
 * Reads a run folder's description.
 * @throws INVALID_RUN if the folder is no run, or its `study.json` is damaged or of another version
 */
export function readStudy(folder: string): StudyRecord {
  if (existsSync(studyFile(folder))) return readRecord(studyFile(folder))
  throw new SaliencyError(
    'INVALID_RUN',
    `${folder} is no run folder: it has no study.json. \`saliency run --out ${folder}\` makes one.`,
  )
}
