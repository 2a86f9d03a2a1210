import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Condition, SaliencyError, type VariantFacts } from '@saliency/core'
import { readJson } from '../files.ts'
import * as v from 'valibot'
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
  /** Methods that `all` leaves out, because they evaluate many images for one map. */
  readonly leftOut?: readonly string[]
  readonly skipped: readonly { readonly id: string; readonly reason: string }[]
  readonly accuracy?: number
  readonly engine: string
  readonly machine: string
  readonly preset?: string
  /** What `--memory` said: said again, the sizes chosen for it stay. */
  readonly memory?: string | number
}

const listOf = (entries: v.ObjectEntries) => v.array(v.looseObject(entries))

/** Of a description, what is read without looking. */
const stored = v.looseObject({
  format: v.literal(1),
  run: v.string(),
  created: v.string(),
  engine: v.string(),
  machine: v.string(),
  identity: v.looseObject({
    model: v.looseObject({ name: v.string(), sha256: v.string() }),
    images: v.looseObject({ name: v.string(), count: v.number(), sha256: v.string() }),
    variants: listOf({ id: v.string(), handling: v.string() }),
    checks: listOf({ id: v.string(), options: v.looseObject({}) }),
    seed: v.number(),
    engine: v.looseObject({ id: v.string(), version: v.string() }),
    batchSize: v.number(),
    perSession: v.number(),
    versions: v.looseObject({}),
  }),
  units: listOf({ id: v.string(), state: v.number(), from: v.number(), to: v.number() }),
  images: listOf({ id: v.string() }),
  unavailable: listOf({ id: v.string() }),
  skipped: listOf({ id: v.string() }),
})

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
  const record = readJson(studyFile(folder), 'INVALID_RUN')
  if (v.is(stored, record)) return record as unknown as StudyRecord
  throw new SaliencyError(
    'INVALID_RUN',
    `${studyFile(folder)} is damaged or was written by another version: use another folder.`,
  )
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
