import type { Condition, Options, VariantFacts } from '@saliency/core'
import type { SelfCheck } from '../structure-checks.ts'
import * as v from 'valibot'
import { canonical, shortHash } from './keys.ts'
import type { PlannedUnit } from './units.ts'

/** Everything a report says of a variant. */
export interface VariantRecord extends VariantFacts {
  readonly method: string
  readonly title: string
  readonly description: string
  readonly references: readonly string[]
  readonly options: Options
  readonly resolution: string
  readonly expected?: string
  readonly package: string
  readonly version: string
}

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
  /** What the model's structure says of the maps: the head that was split off, the target layer. */
  readonly selfChecks?: readonly SelfCheck[]
  /** What was assumed about the images or left out among them, in sentences. */
  readonly notices?: readonly string[]
  readonly accuracy?: number
  readonly engine: string
  readonly machine: string
  readonly preset?: string
  /** What `--memory` said: said again, the sizes chosen for it stay. */
  readonly memory?: string | number
}

const listOf = <E extends v.ObjectEntries>(entries: E) => v.array(v.looseObject(entries))
const texts = v.array(v.string())
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const options = v.record(v.string(), v.union([v.number(), v.boolean(), v.string(), v.null()]))
const kind = v.looseObject({ kind: v.string() })

/** Of a description, what is read without looking. */
const stored = v.looseObject({
  format: v.literal(1),
  run: v.string(),
  created: v.string(),
  engine: v.string(),
  machine: v.string(),
  identity: v.looseObject({
    model: v.looseObject({ name: v.string(), sha256: v.string() }),
    images: v.looseObject({ name: v.string(), count, sha256: v.string() }),
    variants: listOf({
      id: v.string(),
      handling: v.string(),
      counterpart: v.optional(v.string()),
      control: v.boolean(),
      title: v.string(),
      description: v.string(),
      references: texts,
      options,
      package: v.string(),
      version: v.string(),
    }),
    checks: listOf({
      id: v.string(),
      title: v.string(),
      references: texts,
      options,
      package: v.string(),
      version: v.string(),
    }),
    seed: v.number(),
    engine: v.looseObject({ id: v.string(), version: v.string() }),
    batchSize: count,
    perSession: count,
    versions: v.record(v.string(), v.string()),
  }),
  units: listOf({ id: v.string(), state: count, from: count, to: count }),
  originalConditions: v.optional(
    listOf({ weights: kind, target: v.looseObject({ policy: v.string() }), input: kind }),
  ),
  images: listOf({ id: v.string(), label: v.optional(v.number()) }),
  classes: v.optional(texts),
  unavailable: listOf({ id: v.string(), reason: v.string() }),
  leftOut: v.optional(texts),
  skipped: listOf({ id: v.string(), reason: v.string() }),
  selfChecks: v.optional(
    listOf({
      checked: v.string(),
      result: v.picklist(['holds', 'fails', 'not checked']),
      detail: v.string(),
    }),
  ),
  preset: v.optional(v.string()),
})

/** Whether data has all of a description that is read without looking. */
export function isStudyRecord(data: unknown): data is StudyRecord {
  return v.is(stored, data)
}

/** A run's id. */
export function runOf(identity: Identity): string {
  return shortHash(canonical(identity))
}

/** The facts that summaries take. */
export function factsOf({ identity }: StudyRecord): VariantFacts[] {
  return identity.variants.map(({ id, handling, counterpart, start, control }) => ({
    id,
    handling,
    ...(counterpart !== undefined && { counterpart }),
    start,
    control,
  }))
}
