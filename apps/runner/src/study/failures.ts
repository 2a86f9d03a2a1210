import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readJson, writeAtomically } from '../files.ts'
import type { ImageFailure } from './image-groups.ts'
import type { StudyRecord } from './run-folder.ts'
import { type Failure, readUnitFailures } from './units.ts'

/** What went wrong in a run, for the report. */
export interface StudyFailures {
  readonly units: readonly Failure[]
  readonly images: readonly ImageFailure[]
}

function imagesFile(folder: string): string {
  return join(folder, 'images.failed.json')
}

function readImageFailures(folder: string): readonly ImageFailure[] {
  const path = imagesFile(folder)
  return existsSync(path) ? (readJson(path, 'INVALID_RUN') as ImageFailure[]) : []
}

function merged(...lists: readonly (readonly ImageFailure[])[]): ImageFailure[] {
  return [...new Map(lists.flat().map((failure) => [failure.id, failure])).values()]
}

/** Adds images to those that the run folder says are left out: a run that goes on decodes only what it still needs. */
export function recordImageFailures(folder: string, images: readonly ImageFailure[]): void {
  if (images.length === 0) return
  const all = merged(readImageFailures(folder), images)
  writeAtomically(imagesFile(folder), `${JSON.stringify(all)}\n`)
}

/** Everything that a run folder says went wrong, whichever process saw it. */
export function readFailures(folder: string, { skipped }: Pick<StudyRecord, 'skipped'>): StudyFailures {
  return { units: readUnitFailures(folder), images: merged(skipped, readImageFailures(folder)) }
}
