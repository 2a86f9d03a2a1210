import { SaliencyError } from '@saliency/core'
import type { Effect } from './effect.ts'
import { LEAST_DRAWS } from './resample.ts'

/** What can be said about one variant on one axis. */
export type Outcome = 'undefined' | 'static' | 'does not depend' | 'depends' | 'undecided'

/** A verdict, the same verdict at other thresholds, and what limits it. */
export interface Verdict {
  readonly outcome: Outcome
  /** The outcome at each threshold, the judging one included. */
  readonly atThresholds: readonly { readonly threshold: number; readonly outcome: Outcome }[]
  /** True if another threshold gives another outcome. */
  readonly changes: boolean
  /** "preliminary", "over images only", "changes by sign only", "no chance level (one image)", what was left out. */
  readonly notes: readonly string[]
}

/** Settings of the verdict; the defaults are the project's protocol. */
export interface VerdictOptions {
  /** Bound for s, c and e, in [0, 1]. */
  readonly threshold?: number
  /** Thresholds at which the verdict is repeated. */
  readonly repeatAt?: readonly number[]
}

/** More undefined pairs than this, and nothing is judged. */
const UNDEFINED_LIMIT = 0.1
/** Fewer images than this, and a verdict is preliminary. */
const ENOUGH_IMAGES = 100
/** Mean similarity at or below which a map changes by its sign. */
const SIGN_FLIP = -0.5
/** A larger share of resamples without a value can move the bounds of an interval, and is told. */
const MANY_DROPPED = 0.01

/** The five outcomes in their order of precedence, at one threshold. */
export function outcomeOf(effect: Effect, threshold: number): Outcome {
  const { same, chance, survival } = effect
  if (effect.undefinedShare > UNDEFINED_LIMIT || same === undefined) return 'undefined'
  if (chance === undefined) return 'undecided'
  if (same.lower > threshold && chance.lower > threshold) return 'static'
  if (survival === undefined) return 'undecided'
  if (survival.lower > threshold) return 'does not depend'
  if (survival.upper < threshold && chance.upper < threshold) return 'depends'
  return 'undecided'
}

function leftOut({ steps, emptySteps, resamples, droppedResamples }: Effect): string[] {
  const notes: string[] = []
  if (emptySteps > 0 && emptySteps < steps)
    notes.push(`${emptySteps} of ${steps} steps left out: no pair is defined there`)
  if (droppedResamples > MANY_DROPPED * resamples)
    notes.push(`${droppedResamples} of ${resamples} resamples have no value: intervals leave them out`)
  return notes
}

function notesOn(effect: Effect): string[] {
  const notes: string[] = []
  if (effect.images < ENOUGH_IMAGES) notes.push('preliminary')
  if (effect.draws < LEAST_DRAWS) notes.push('over images only')
  if (effect.images === 1) notes.push('no chance level (one image)')
  if (effect.same !== undefined && effect.same.value <= SIGN_FLIP) notes.push('changes by sign only')
  return [...notes, ...leftOut(effect)]
}

function assertThreshold(threshold: number): void {
  if (threshold >= 0 && threshold <= 1) return
  throw new SaliencyError(
    'INVALID_OPTION',
    `threshold ${threshold}: a threshold lies in [0, 1], the default is .5`,
  )
}

/**
 * Judges one variant on one axis: undefined, static, does not depend, depends or undecided.
 * @throws INVALID_OPTION if a threshold lies outside [0, 1]
 */
export function judge(effect: Effect, options: VerdictOptions = {}): Verdict {
  const { threshold = 0.5, repeatAt = [0.4, 0.6] } = options
  const thresholds = [...new Set([threshold, ...repeatAt])].sort((a, b) => a - b)
  thresholds.forEach(assertThreshold)
  const outcome = outcomeOf(effect, threshold)
  const atThresholds = thresholds.map((value) => ({ threshold: value, outcome: outcomeOf(effect, value) }))
  return {
    outcome,
    atThresholds,
    changes: atThresholds.some((other) => other.outcome !== outcome),
    notes: notesOn(effect),
  }
}
