import { SaliencyError, type Outcome } from '@saliency/core'
import type { Effect } from './effect.ts'
import { drawsToDecide, type Estimate } from './estimate.ts'
import { findsUpTo, imagesToDecide } from './power.ts'

/** A verdict, the same verdict at other thresholds, and what limits it. */
export interface Verdict {
  readonly outcome: Outcome
  /** The outcome at each threshold, the judging one included. */
  readonly atThresholds: readonly { readonly threshold: number; readonly outcome: Outcome }[]
  /** True if another threshold gives another outcome. */
  readonly changes: boolean
  /** The largest e of a variant that four of five studies of this size say depends; absent where the spread is not known. */
  readonly finds?: number
  /** "preliminary", too few draws and how many would do, "no chance level (one image)", what was left out. */
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
export const ENOUGH_IMAGES = 100
/** Mean similarity at or below which a map changes by its sign: it shows the same places, which is no evidence for the axis. */
export const SIGN_FLIP = -0.5
/** From this many draws of random weights on, t intervals are hardly wider than those of many draws. */
const ENOUGH_DRAWS = 5
/** Why one draw decides nothing. */
export const ONE_DRAW: string = `one draw of random weights: what another would give is not known, take ${ENOUGH_DRAWS}`

function isAbove(estimate: Estimate, threshold: number): boolean {
  return estimate.interval !== undefined && estimate.interval[0] > threshold
}

function isBelow(estimate: Estimate, threshold: number): boolean {
  return estimate.interval !== undefined && estimate.interval[1] < threshold
}

/** The outcomes in their order of precedence, at one threshold. Without an interval nothing is decided. */
export function outcomeOf(effect: Effect, threshold: number): Outcome {
  const { same, chance, survival } = effect
  if (effect.undefinedShare > UNDEFINED_LIMIT || same === undefined) return 'undefined'
  if (same.value <= SIGN_FLIP) return 'changes by sign only'
  if (chance === undefined) return 'undecided'
  if (isAbove(same, threshold) && isAbove(chance, threshold)) return 'static'
  if (survival === undefined) return 'undecided'
  if (isAbove(survival, threshold)) return 'does not depend'
  if (isBelow(survival, threshold) && isBelow(chance, threshold)) return 'depends'
  return 'undecided'
}

/** What leaves a verdict open: the first of e, c and s whose interval holds the bound. */
function openOf({ survival, chance, same }: Effect, threshold: number): Estimate | undefined {
  return [survival, chance, same].find((one) => one && !isAbove(one, threshold) && !isBelow(one, threshold))
}

/** Says where draws are too few, and how many would do. */
function drawNotes(effect: Effect, outcome: Outcome, threshold: number): string[] {
  const { draws, sharedDraws } = effect
  if (!sharedDraws) return []
  if (draws === 1) return [ONE_DRAW]
  const notes = draws < ENOUGH_DRAWS ? [`${draws} draws of random weights: intervals are wide`] : []
  const open = outcome === 'undecided' ? openOf(effect, threshold) : undefined
  const needed = open && drawsToDecide(open, threshold)
  return needed === undefined ? notes : [...notes, `about ${needed} draws would decide`]
}

function notesOn(effect: Effect, outcome: Outcome, threshold: number): string[] {
  const { images, steps, emptySteps } = effect
  const notes: string[] = []
  if (images < ENOUGH_IMAGES) notes.push('preliminary')
  notes.push(...drawNotes(effect, outcome, threshold))
  const open = outcome === 'undecided' ? openOf(effect, threshold) : undefined
  const enough = open && imagesToDecide(open, threshold)
  if (enough !== undefined) notes.push(`about ${enough} images would decide`)
  if (images === 1) notes.push('no chance level (one image)')
  if (emptySteps > 0 && emptySteps < steps)
    notes.push(`${emptySteps} of ${steps} steps left out: no pair is defined there`)
  return notes
}

function assertThreshold(threshold: number): void {
  if (threshold >= 0 && threshold <= 1) return
  throw new SaliencyError(
    'INVALID_OPTION',
    `threshold ${threshold}: a threshold lies in [0, 1], the default is .5`,
  )
}

/**
 * Judges one variant on one axis: undefined, static, does not depend, depends, changes by sign only, or undecided.
 * @throws INVALID_OPTION if a threshold lies outside [0, 1]
 */
export function judge(effect: Effect, options: VerdictOptions = {}): Verdict {
  const { threshold = 0.5, repeatAt = [0.4, 0.6] } = options
  const thresholds = [...new Set([threshold, ...repeatAt])].sort((a, b) => a - b)
  thresholds.forEach(assertThreshold)
  const outcome = outcomeOf(effect, threshold)
  const finds = effect.survival && findsUpTo(effect.survival, threshold)
  const atThresholds = thresholds.map((value) => ({ threshold: value, outcome: outcomeOf(effect, value) }))
  return {
    outcome,
    atThresholds,
    changes: atThresholds.some((other) => other.outcome !== outcome),
    ...(finds !== undefined && { finds }),
    notes: notesOn(effect, outcome, threshold),
  }
}
