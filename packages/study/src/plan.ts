import type { Check, Condition, Model, Options, WeightState } from '@saliency/core'
import { conditionKey, weightsKey } from './store/keys.ts'
import type { PlannedUnit } from './store/planned-unit.ts'

/** Images are cut into groups of this size, in dataset order, whatever the memory or the machine. */
export const GROUP_SIZE = 8

/** A check, its options, and what it needs. */
export interface PlannedCheck {
  readonly check: Check
  readonly options: Options
  readonly conditions: readonly Condition[]
}

/** One weight state with every distinct condition that any check needs of it. */
export interface PlannedState {
  readonly weights: WeightState
  /** One per distinct map; checks that ask for the same share it. */
  readonly conditions: readonly Condition[]
}

/** Everything a study does, known before any model runs. */
export interface StudyPlan {
  readonly images: number
  readonly groups: number
  readonly checks: readonly PlannedCheck[]
  /** The original weights first: the others are compared with them. */
  readonly states: readonly PlannedState[]
  readonly units: readonly PlannedUnit[]
}

function isOriginal(condition: Condition): boolean {
  return condition.weights.kind === 'original'
}

/** The union of all checks' conditions, by weight state. */
function statesOf(checks: readonly PlannedCheck[]): PlannedState[] {
  const states = new Map<string, Map<string, Condition>>()
  const all = checks.flatMap(({ conditions }) => conditions)
  for (const condition of [...all.filter(isOriginal), ...all.filter((one) => !isOriginal(one))]) {
    const key = weightsKey(condition.weights)
    const conditions = states.get(key) ?? new Map<string, Condition>()
    states.set(key, conditions)
    if (!conditions.has(conditionKey(condition))) conditions.set(conditionKey(condition), condition)
  }
  return [...states.values()].map((conditions) => {
    const list = [...conditions.values()]
    return { weights: (list[0] as Condition).weights, conditions: list }
  })
}

function unitsOf(states: number, groups: number, perUnit: number): PlannedUnit[] {
  const pad = (value: number) => String(value).padStart(4, '0')
  const units: PlannedUnit[] = []
  for (let state = 0; state < states; state++) {
    for (let from = 0; from < groups; from += perUnit) {
      units.push({ id: `s${pad(state)}-g${pad(from)}`, state, from, to: Math.min(groups, from + perUnit) })
    }
  }
  return units
}

/** Plans the work of a study: the union of what its checks need, cut into units. Pure. */
export function planWork(request: {
  readonly model: Model
  readonly images: number
  readonly checks: readonly { readonly check: Check; readonly options: Options }[]
  /** Groups in one unit. */
  readonly groupsPerUnit: number
}): StudyPlan {
  const { model, images, groupsPerUnit } = request
  const checks = request.checks.map(({ check, options }) => ({
    check,
    options,
    conditions: check.conditions({ model, images, options: options as never }),
  }))
  const states = statesOf(checks)
  const groups = Math.ceil(images / GROUP_SIZE)
  return { images, groups, checks, states, units: unitsOf(states.length, groups, groupsPerUnit) }
}

/**
 * The conditions of one check that can be scored once a state is computed: the state's own, and those of the original
 * weights to compare with. Empty if the check asks nothing of this state. Scoring state by state is what keeps maps out
 * of memory: a check sees every pair of the original with one other state, and the rows of a study are the same as if it
 * had seen all states at once.
 */
export function scoredConditions(check: PlannedCheck, state: PlannedState): Condition[] {
  const key = weightsKey(state.weights)
  const own = check.conditions.filter((condition) => weightsKey(condition.weights) === key)
  if (own.length === 0 || state.weights.kind === 'original') return own
  return [...check.conditions.filter(isOriginal), ...own]
}
