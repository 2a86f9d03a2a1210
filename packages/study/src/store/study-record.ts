import type { Condition, Options, VariantFacts } from '@saliency/core'
import type { SelfCheck } from '../structure-checks.ts'
import { canonical, shortHash } from './keys.ts'
import type { PlannedUnit } from './planned-unit.ts'

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
  /** What is explained instead of the predicted class, and the numbers of a direction. */
  readonly target?: { readonly name: string; readonly values?: readonly number[] }
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
  readonly images: readonly {
    readonly id: string
    readonly label?: number
    /** All that an image shows, where it shows several. */
    readonly labels?: readonly number[]
  }[]
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
  readonly engine: string
  readonly machine: string
  readonly preset?: string
  /** What `--memory` said: said again, the sizes chosen for it stay. */
  readonly memory?: string | number
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
