import { costOf } from '@saliency/explain'
import Table from 'cli-table3'
import { counted } from '../counted.ts'
import { exitCodes } from '../errors.ts'
import { requireImages } from '../study/image-groups.ts'
import type { PlannedUnit } from '../study/plan.ts'
import type { Study } from '../study/study.ts'
import { pendingUnits } from '../study/units.ts'
import { createCosts } from './costs.ts'
import { createEstimate } from './estimate.ts'
import { measureMaps } from './measure-maps.ts'
import { measureScore } from './measure-scores.ts'
import { describeState, duration } from './progress.ts'
import type { Terminal } from './terminal.ts'
import { type GroupWork, workOf } from './work.ts'

/** Seconds after which no further check is measured. */
const PATIENCE = 30

/** The first group of each kind of weights: what the others are like. */
function samplesOf(work: readonly GroupWork[]): GroupWork[] {
  const kinds = new Map<string, GroupWork>()
  for (const one of work) if (!kinds.has(one.kind)) kinds.set(one.kind, one)
  return [...kinds.values()]
}

/** Seconds for some work, from a little of it: the only way to know what this machine does with this model. */
async function measure(
  study: Study,
  work: readonly GroupWork[],
  tell: (text: string) => void,
): Promise<{ seconds: number; open: number }> {
  const group = await requireImages(study.images)
  const started = performance.now()
  const measured = await measureMaps(study, group, tell)
  const costs = createCosts()
  costs.opened(measured.open)
  for (const one of samplesOf(work)) {
    for (const index of one.conditions.keys()) costs.computed(one, index, one.batches * measured.batch)
    for (const score of one.scores) {
      if (performance.now() - started > 1000 * PATIENCE) continue
      tell(`scores of ${score.check}, ${one.kind} weights`)
      const { checks, states } = study.plan
      const check = checks.find((planned) => planned.check.id === score.check)
      const state = states[one.state]
      if (check && state) costs.scored(one, score, await measureScore(study, check, state, group, measured))
    }
  }
  return { seconds: createEstimate(work, () => 0, costs).remaining(), open: measured.open }
}

function bytes(count: number): string {
  return count > 2 ** 30 ? `${(count / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(count / 2 ** 20)} MiB`
}

function printPlan(study: Study, pending: readonly PlannedUnit[], terminal: Terminal): void {
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
  terminal.out(`Sessions: ${states.size * maps.parts.length}; ${maps.parts.length} per weight state.`)
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

/** `saliency run --dry-run`: units, sessions and memory from the plan, then the time from a little that is measured. */
export async function printEstimate(study: Study, folder: string, terminal: Terminal): Promise<number> {
  const pending = pendingUnits(study, folder)
  printPlan(study, pending, terminal)
  if (pending.length === 0) {
    terminal.out('Time: nothing is left to do.')
    return exitCodes.ok
  }
  const { seconds, open } = await measure(study, workOf(study, pending), (text) =>
    terminal.error(`Measuring: ${text}.`),
  )
  const sessions = open > 0 ? `; opening a weight state takes about ${open.toFixed(1)} s` : ''
  terminal.out(
    `Time: about ${duration(seconds, 120)} on this machine, from what a part of one group took${sessions}.`,
  )
  return exitCodes.ok
}
