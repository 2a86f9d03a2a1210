import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SaliencyError } from '@saliency/core'
import { makeFolder, writeAtomically } from '../system/files.ts'
import { differences } from './differences.ts'
import type { StudyRecord } from './study-record.ts'
import { readStudy, studyFile } from './run-folder.ts'

/** True where units or maps lie without the file that says what they are of. */
function holdsStrangeResults(folder: string): boolean {
  return ['units', 'maps'].some((name) => {
    const path = join(folder, name)
    return existsSync(path) && readdirSync(path).length > 0
  })
}

/** What must be the same for a run to go on: all that changes a number, and which variants could be computed at all. */
function sameness({ identity, unavailable }: StudyRecord): unknown {
  return { ...identity, unavailable: unavailable.map(({ id }) => ({ id })) }
}

function assertSame(folder: string, stored: StudyRecord, record: StudyRecord): void {
  const changed = differences(sameness(stored), sameness(record))
  if (changed.length === 0) return
  const list = changed.slice(0, 12).join('\n  ')
  const more = changed.length > 12 ? `\n  … and ${changed.length - 12} more` : ''
  throw new SaliencyError(
    'INVALID_RUN',
    `${folder} holds another study. Changed:\n  ${list}${more}\nUse another folder with --out, or delete this one.`,
  )
}

/**
 * Makes a run folder, or continues one: what was stored wins (its units), and must be of the same identity.
 * @throws INVALID_RUN listing what changed; FILE if the folder cannot be written.
 */
export function openRunFolder(folder: string, record: StudyRecord): { record: StudyRecord; isNew: boolean } {
  if (existsSync(studyFile(folder))) {
    const stored = readStudy(folder)
    assertSame(folder, stored, record)
    return { record: stored, isNew: false }
  }
  if (holdsStrangeResults(folder)) {
    throw new SaliencyError(
      'INVALID_RUN',
      `${folder} holds results, but no study.json that says what they are of: use another folder with --out, or delete this one.`,
    )
  }
  makeFolder(join(folder, 'units'))
  writeAtomically(studyFile(folder), `${JSON.stringify(record, undefined, 2)}\n`)
  return { record, isNew: true }
}
