import Table from 'cli-table3'
import { openMapSession } from '../compute/map-session.ts'
import { costOf } from '../compute/cost.ts'
import { counted } from '../counted.ts'
import { exitCodes } from '../errors.ts'
import { computeCondition, groupMapsOf } from '../study/compute-group.ts'
import { openMapStore } from '../study/map-store.ts'
import type { PlannedState } from '../study/plan.ts'
import { createPredictors } from '../study/predictors.ts'
import { studiedVariants } from '../study/scoring/jobs.ts'
import { scoreGroup } from '../study/scoring/score-group.ts'
import type { Study } from '../study/study.ts'
import { isFinished } from '../study/units.ts'
import { describeState } from './progress.ts'
import type { Terminal } from './terminal.ts'

interface Measured {
  /** Seconds to open a session. */
  readonly open: number
  /** Seconds for the maps of one group under one condition. */
  readonly maps: number
  /** Seconds to score one group. */
  readonly score: number
}

/** Times one group of the original weights: the only way to know what this machine does with this model. */
async function measure(study: Study): Promise<Measured> {
  const state = study.plan.states[0] as PlannedState
  const predictors = createPredictors(study)
  const clock = () => performance.now() / 1000
  const opening = clock()
  const session = await openMapSession(study.maps, {
    engine: study.engine,
    weights: study.loaded.weights,
    batchSize: study.batchSize,
    seed: study.seed,
    isLean: study.memory.isLean,
  })
  try {
    const open = clock() - opening
    const group = await study.images.group(0)
    const condition = state.conditions.find(({ map }) => map !== 'full') ?? state.conditions[0]
    if (!condition || group.images.length === 0) return { open, maps: 0, score: 0 }
    await computeCondition(study, predictors, session, group, condition)
    const mapping = clock()
    const maps = await computeCondition(study, predictors, session, group, condition)
    const scoring = clock()
    await scoreGroup({
      scoring: { run: study.run, model: study.loaded.model.name, seed: study.seed },
      checks: study.plan.checks,
      state,
      group,
      variants: studiedVariants(study),
      mapsOf: async (_, variant) => groupMapsOf(maps, variant),
      predict: predictors.predict,
    })
    return { open, maps: scoring - mapping, score: clock() - scoring }
  } finally {
    await session.dispose()
    await predictors.dispose()
  }
}

function bytes(count: number): string {
  return count > 2 ** 30 ? `${(count / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(count / 2 ** 20)} MiB`
}

/** `saliency run --dry-run`: units, sessions, memory and time, from the plan and one measured group. */
export async function printEstimate(study: Study, folder: string, terminal: Terminal): Promise<number> {
  const { plan, maps, batchSize } = study
  const store = openMapStore(folder, studiedVariants(study))
  const pending = plan.units.filter((unit) => !isFinished(study, folder, unit, store))
  const states = new Set(pending.map(({ state }) => state))
  const cost = costOf(
    study.loaded.model,
    maps.set.traced.map(({ map }) => map),
  )
  const measured = await measure(study)
  const table = new Table({
    head: ['weights', 'conditions', 'units', 'groups'],
    style: { head: [], border: [], compact: true },
  })
  let seconds = states.size * measured.open
  for (const [index, state] of plan.states.entries()) {
    const units = pending.filter((unit) => unit.state === index)
    const groups = units.reduce((sum, unit) => sum + unit.to - unit.from, 0)
    seconds += groups * (state.conditions.length * measured.maps + measured.score)
    if (plan.states.length <= 12 || index < 6 || index >= plan.states.length - 2)
      table.push([describeState(state), state.conditions.length, units.length, groups])
    else if (index === 6) table.push(['…', '', '', ''])
  }
  terminal.out(table.toString())
  terminal.out(
    `${counted(maps.set.variants.length, 'variant')}, ${counted(plan.images, 'image')} in ${counted(plan.groups, 'group')}, ${counted(plan.units.length, 'unit')} (${pending.length} to do).`,
  )
  terminal.out(
    `Sessions: ${states.size * maps.parts.length}, opened in about ${measured.open.toFixed(1)} s each; ${maps.parts.length} per weight state.`,
  )
  terminal.out(
    `Cost of one image under one condition: ${cost.forwards.toFixed(1)} forward passes, ${cost.backwardPasses} distinct backward passes.`,
  )
  terminal.out(
    `Memory: batch ${batchSize}, about ${bytes(study.memory.bytes)} at most${study.memory.isLean ? '; sessions are opened one after the other' : ''}.`,
  )
  terminal.out(
    `Time: about ${seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`} on this machine (measured on one group).`,
  )
  return exitCodes.ok
}
