import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Condition, SaliencyError, type VariantFacts } from '@saliency/core'
import { explainSystemError } from '../errors.ts'
import { readJson, writeAtomically } from '../files.ts'
import { differences } from './differences.ts'
import type { VariantRecord } from './facts.ts'
import type { PlannedUnit } from './plan.ts'

/** A check of a run, as stored. */
export interface CheckRecord {
  readonly id: string
  readonly title: string
  readonly references: readonly string[]
  readonly options: Readonly<Record<string, number | boolean | string>>
  readonly package: string
  readonly version: string
}

/** Everything that changes a number. A run folder belongs to one identity. */
export interface Identity {
  readonly model: { readonly name: string; readonly sha256: string; readonly twin?: string }
  readonly preprocess: unknown
  readonly images: { readonly name: string; readonly count: number; readonly sha256: string }
  readonly variants: readonly VariantRecord[]
  readonly checks: readonly CheckRecord[]
  readonly seed: number
  readonly engine: { readonly id: string; readonly version: string }
  readonly batchSize: number
  readonly perSession: number
  readonly versions: Readonly<Record<string, string>>
}

/** `study.json`: written when the run folder is made. */
export interface StudyRecord {
  readonly format: 1
  readonly run: string
  readonly created: string
  readonly identity: Identity
  /** Units as cut when the run was made. */
  readonly units: readonly PlannedUnit[]
  readonly states: readonly string[]
  /** Conditions of the original weights, whose maps lie in the run folder. */
  readonly originalConditions?: readonly Condition[]
  readonly images: readonly { readonly id: string; readonly label?: number }[]
  readonly classes?: readonly string[]
  /** Variants that this model cannot be explained with. */
  readonly unavailable: readonly { readonly id: string; readonly reason: string }[]
  readonly skipped: readonly { readonly id: string; readonly reason: string }[]
  readonly accuracy?: number
  readonly engine: string
  readonly machine: string
  readonly preset?: string
}

/** The path of a run's description. */
export function studyFile(folder: string): string {
  return join(folder, 'study.json')
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
  const record = readJson(studyFile(folder), 'INVALID_RUN') as Partial<StudyRecord>
  if (record.format === 1 && record.identity !== undefined && Array.isArray(record.units))
    return record as StudyRecord
  throw new SaliencyError(
    'INVALID_RUN',
    `${studyFile(folder)} is damaged or was written by another version: use another folder.`,
  )
}

/**
 * Makes a run folder, or continues one: what was stored wins (its units), and must be of the same identity.
 * @throws INVALID_RUN listing what changed; FILE if the folder cannot be written.
 */
export function openRunFolder(folder: string, record: StudyRecord): { record: StudyRecord; isNew: boolean } {
  if (existsSync(studyFile(folder))) {
    const stored = readStudy(folder)
    const changed = differences(stored.identity, record.identity)
    if (changed.length === 0) return { record: stored, isNew: false }
    const list = changed.slice(0, 12).join('\n  ')
    throw new SaliencyError(
      'INVALID_RUN',
      `${folder} holds another study. Changed:\n  ${list}${changed.length > 12 ? `\n  … and ${changed.length - 12} more` : ''}\nUse another folder with --out, or delete this one.`,
    )
  }
  try {
    mkdirSync(join(folder, 'units'), { recursive: true })
  } catch (error) {
    throw explainSystemError(error)
  }
  writeAtomically(studyFile(folder), `${JSON.stringify(record, undefined, 2)}\n`)
  return { record, isNew: true }
}

/** The facts that summaries take. */
export function factsOf({ identity }: StudyRecord): VariantFacts[] {
  return identity.variants.map(({ id, handling, counterpart, seed, control }) => ({
    id,
    handling,
    ...(counterpart !== undefined && { counterpart }),
    seed,
    control,
  }))
}
