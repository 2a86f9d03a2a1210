import { counted } from '@saliency/core'
import { costOf } from '@saliency/explain'
import { mostShards, pendingUnits, requireImages, type Shard, type Study } from '@saliency/study'
import { folderStore } from '@saliency/study/node'
import type { PlannedStudy } from '@saliency/toolkit'
import { describeState } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { type Cell, textTable } from './text-table.ts'

function bytes(count: number): string {
  return count > 2 ** 30 ? `${(count / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(count / 2 ** 20)} MiB`
}

/** Bytes of the maps that are stored: those of the original weights, one channel of floats each. */
function mapBytes({ plan, maps }: Study): number {
  const own = plan.states.filter(({ weights }) => weights.kind === 'original')
  const conditions = own.flatMap((state) => state.conditions).filter(({ relevance }) => !relevance)
  const values = maps.set.traced.map(({ map }) => Number(map.shape[2]) * Number(map.shape[3]))
  return 4 * plan.images * conditions.length * values.reduce((sum, count) => sum + count, 0)
}

/** What is to do of a study or a shard: what `--json` prints. */
export interface PlanDescription {
  /** The version of this shape: what is added leaves it, what is taken away or renamed makes it 2. */
  readonly format: 1
  readonly run: string
  readonly folder: string
  readonly units: { readonly all: number; readonly open: number }
  /** The most shards that have something to do. */
  readonly shards: number
  readonly states: readonly {
    readonly weights: string
    readonly conditions: number
    readonly openUnits: number
    readonly openGroups: number
  }[]
  readonly variants: number
  readonly images: number
  readonly groups: number
  readonly sessions: number
  readonly batchSize: number
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly cost: { readonly forwards: number; readonly backwardPasses: number }
}

/**
 * Describes what is to do of a study or a shard, without computing anything.
 * @throws FILE if no image can be read
 */
export async function describePlan(
  { study, record, folder }: PlannedStudy,
  shard?: Shard,
): Promise<PlanDescription> {
  await requireImages(study.images)
  const pending = await pendingUnits(study, folderStore(folder), shard)
  const { plan, maps, batchSize, memory } = study
  const states = plan.states.map((state, index) => {
    const units = pending.filter((unit) => unit.state === index)
    return {
      weights: describeState(state),
      conditions: state.conditions.length,
      openUnits: units.length,
      openGroups: units.reduce((sum, unit) => sum + unit.to - unit.from, 0),
    }
  })
  const { forwards, backwardPasses } = costOf(
    study.loaded.model,
    maps.set.traced.map(({ map }) => map),
  )
  return {
    format: 1,
    run: record.run,
    folder,
    units: { all: plan.units.length, open: pending.length },
    shards: mostShards(plan.units),
    states,
    variants: maps.set.variants.length,
    images: plan.images,
    groups: plan.groups,
    sessions: states.filter(({ openUnits }) => openUnits > 0).length * maps.graphs.length,
    batchSize,
    memoryBytes: memory.bytes,
    diskBytes: mapBytes(study),
    cost: { forwards, backwardPasses },
  }
}

/** Rows of a table that is not cut: more states are shown by the first and the last. */
const FEW_STATES = 12

/** `saliency run --dry-run`: the plan of a study or a shard, its sessions, memory and disk. */
export function printPlan(plan: PlanDescription, { maps, memory }: Study, terminal: Terminal): void {
  const rows = plan.states.map(({ weights, conditions, openUnits, openGroups }): Cell[] => [
    weights,
    conditions,
    openUnits,
    openGroups,
  ])
  const shown = rows.length <= FEW_STATES ? rows : [...rows.slice(0, 6), ['…', '', '', ''], ...rows.slice(-2)]
  terminal.out(textTable(['weights', 'conditions', 'units', 'groups'], shown, terminal.columns))
  terminal.out(
    `${counted(plan.variants, 'variant')}, ${counted(plan.images, 'image')} in ${counted(plan.groups, 'group')}, ${counted(plan.units.all, 'unit')} (${plan.units.open} to do).`,
  )
  terminal.out(`Sessions: ${plan.sessions}; ${maps.graphs.length} per weight state.`)
  terminal.out(
    `Memory: batch ${plan.batchSize}, about ${bytes(plan.memoryBytes)} at most${memory.isLean ? '; sessions are opened one after the other' : ''}.`,
  )
  terminal.out(
    `Disk: about ${bytes(plan.diskBytes)} for the maps of the model's own weights; rows take little beside them.`,
  )
  terminal.out(
    `Cost of one image under one condition: ${plan.cost.forwards.toFixed(1)} forward passes, ${plan.cost.backwardPasses} distinct backward passes.`,
  )
}
