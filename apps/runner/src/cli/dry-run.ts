import { counted } from '@saliency/core'
import { costOf } from '@saliency/explain'
import Table from 'cli-table3'
import { pendingUnits, requireImages, type Shard, type Study } from '@saliency/study'
import { folderStore } from '@saliency/study/node'
import { describeState } from './progress.ts'
import type { Terminal } from './terminal.ts'

function bytes(count: number): string {
  return count > 2 ** 30 ? `${(count / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(count / 2 ** 20)} MiB`
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
  const table = new Table({
    head: ['weights', 'conditions', 'units', 'groups'],
    style: { head: [], border: [], compact: true },
  })
  for (const [index, state] of plan.states.entries()) {
    const units = pending.filter((unit) => unit.state === index)
    const groups = units.reduce((sum, unit) => sum + unit.to - unit.from, 0)
    if (plan.states.length <= 12 || index < 6 || index >= plan.states.length - 2)
      table.push([describeState(state), state.conditions.length, units.length, groups])
    else if (index === 6) table.push(['…', '', '', ''])
  }
  terminal.out(table.toString())
  terminal.out(
    `${counted(maps.set.variants.length, 'variant')}, ${counted(plan.images, 'image')} in ${counted(plan.groups, 'group')}, ${counted(plan.units.length, 'unit')} (${pending.length} to do).`,
  )
  terminal.out(`Sessions: ${states.size * maps.graphs.length}; ${maps.graphs.length} per weight state.`)
  terminal.out(
    `Memory: batch ${batchSize}, about ${bytes(memory.bytes)} at most${memory.isLean ? '; sessions are opened one after the other' : ''}.`,
  )
  const cost = costOf(
    study.loaded.model,
    maps.set.traced.map(({ map }) => map),
  )
  terminal.out(
    `Cost of one image under one condition: ${cost.forwards.toFixed(1)} forward passes, ${cost.backwardPasses} distinct backward passes.`,
  )
}
