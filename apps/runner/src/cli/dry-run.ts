import { counted } from '@saliency/core'
import { costOf } from '@saliency/explain'
import { pendingUnits, requireImages, type Shard, type Study } from '@saliency/study'
import { folderStore } from '@saliency/study/node'
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

/**
 * `saliency run --dry-run`: what is to do of a study or a shard, its sessions and its memory, without computing anything.
 * @throws FILE if no image can be read
 */
export async function printPlan(
  study: Study,
  folder: string,
  terminal: Terminal,
  shard?: Shard,
): Promise<void> {
  await requireImages(study.images)
  const pending = await pendingUnits(study, folderStore(folder), shard)
  const { plan, maps, batchSize, memory } = study
  const states = new Set(pending.map(({ state }) => state))
  const rows: Cell[][] = []
  for (const [index, state] of plan.states.entries()) {
    const units = pending.filter((unit) => unit.state === index)
    const groups = units.reduce((sum, unit) => sum + unit.to - unit.from, 0)
    if (plan.states.length <= 12 || index < 6 || index >= plan.states.length - 2)
      rows.push([describeState(state), state.conditions.length, units.length, groups])
    else if (index === 6) rows.push(['…', '', '', ''])
  }
  terminal.out(textTable(['weights', 'conditions', 'units', 'groups'], rows, terminal.columns))
  terminal.out(
    `${counted(maps.set.variants.length, 'variant')}, ${counted(plan.images, 'image')} in ${counted(plan.groups, 'group')}, ${counted(plan.units.length, 'unit')} (${pending.length} to do).`,
  )
  terminal.out(`Sessions: ${states.size * maps.graphs.length}; ${maps.graphs.length} per weight state.`)
  terminal.out(
    `Memory: batch ${batchSize}, about ${bytes(memory.bytes)} at most${memory.isLean ? '; sessions are opened one after the other' : ''}.`,
  )
  terminal.out(
    `Disk: about ${bytes(mapBytes(study))} for the maps of the model's own weights; rows take little beside them.`,
  )
  const cost = costOf(
    study.loaded.model,
    maps.set.traced.map(({ map }) => map),
  )
  terminal.out(
    `Cost of one image under one condition: ${cost.forwards.toFixed(1)} forward passes, ${cost.backwardPasses} distinct backward passes.`,
  )
}
