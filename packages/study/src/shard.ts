import { SaliencyError } from '@saliency/core'
import type { StudyPlan } from './plan.ts'
import type { PlannedUnit } from './store/planned-unit.ts'

/**
 * A share of a study: of g image groups those from ⌊index·g / count⌋ to ⌊(index + 1)·g / count⌋, under all weight states.
 * Shards need nothing of one another, so they may run anywhere, in any order and at once.
 */
export interface Shard {
  /** 0 to count − 1. */
  readonly index: number
  readonly count: number
}

function assertShard({ index, count }: Shard): void {
  const isShard = Number.isInteger(index) && Number.isInteger(count) && index >= 0 && index < count
  if (isShard) return
  throw new SaliencyError(
    'INVALID_OPTION',
    `shard: index ${index} of ${count} is none; index is a whole number from 0 to count − 1.`,
  )
}

/** How many shards at most have something to do: a shard takes whole units, and all weight states of their groups. */
export function mostShards(units: readonly PlannedUnit[]): number {
  return new Set(units.map(({ from }) => from)).size
}

/**
 * The units of a shard. A unit is never cut: it belongs to the shard of its first group, so that a group's maps under the
 * original weights and those that are compared with them are always in one shard. With more shards than units under a
 * weight state, some are empty.
 * @throws INVALID_OPTION if there is no such shard
 */
export function shardUnits(
  { groups, units }: Pick<StudyPlan, 'groups' | 'units'>,
  shard: Shard,
): readonly PlannedUnit[] {
  assertShard(shard)
  const { index, count } = shard
  const border = (at: number) => Math.floor((at * groups) / count)
  return units.filter(({ from }) => from >= border(index) && from < border(index + 1))
}
