import { SingleBar } from 'cli-progress'
import type { StudyEvents } from '../study/execute.ts'
import { openMapStore } from '../study/map-store.ts'
import type { PlannedState } from '../study/plan.ts'
import { studiedVariants } from '../study/scoring/jobs.ts'
import type { Study } from '../study/study.ts'
import { isFinished } from '../study/units.ts'
import { createEstimate } from './estimate.ts'
import type { Terminal } from './terminal.ts'

/** Shows how far a study is. */
export interface Progress {
  readonly events: StudyEvents
  stop(): void
}

/** Seconds between two lines where no one watches. */
const LINE_SECONDS = 10

/** What a weight state is called on a screen. */
export function describeState({ weights }: PlannedState): string {
  if (weights.kind !== 'randomized') return `${weights.kind} weights`
  return `${weights.layers.length} layer(s) drawn anew (${weights.layers.at(-1) ?? ''}), draw ${weights.draw + 1}`
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '…'
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** A bar for a person, or a line now and then for a log. */
export function createProgress(study: Study, folder: string, terminal: Terminal): Progress {
  const store = openMapStore(folder, studiedVariants(study))
  const pending = study.plan.units.filter((unit) => !isFinished(study, folder, unit, store))
  const weightOf = (state: number) => study.plan.states[state]?.conditions.length ?? 1
  const total = pending.reduce((sum, unit) => sum + (unit.to - unit.from) * weightOf(unit.state), 0)
  const states = [...new Set(pending.map(({ state }) => state))]
  const estimate = createEstimate()
  const groups = pending.reduce((sum, unit) => sum + unit.to - unit.from, 0)
  let [computed, scored, opened, label, spoken] = [0, 0, 0, '', 0]
  const done = () => (total * scored) / Math.max(1, groups)
  const bar = terminal.isTTY
    ? new SingleBar({
        format: ' {bar} {percentage} % | {left} left | {label}',
        hideCursor: true,
        clearOnComplete: true,
        etaBuffer: 1,
      })
    : undefined
  const left = () =>
    duration(
      estimate.remaining({
        opens: states.length - opened,
        conditions: total - computed,
        groups: groups - scored,
      }),
    )
  const show = () => {
    if (bar) return bar.update(Math.round(done()), { label, left: left() })
    const now = performance.now()
    if (now - spoken < LINE_SECONDS * 1000) return
    spoken = now
    terminal.error(`${Math.round((100 * scored) / Math.max(1, groups))} % | ${left()} left | ${label}`)
  }
  const finished = study.plan.units.length - pending.length
  const known = finished > 0 ? `; ${finished} of ${study.plan.units.length} units are finished already` : ''
  if (total > 0) {
    const { variants } = study.maps.set
    terminal.error(
      `${study.loaded.model.name}: ${variants.length} variants, ${study.plan.images} images, ${study.plan.states.length} weight states, batch ${study.batchSize}, ${study.engine.description}${known}.`,
    )
    bar?.start(total, 0, { label, left: '…' })
  } else terminal.error('Every unit is finished already.')
  return {
    events: {
      state(index, state) {
        label = `${states.indexOf(index) + 1}/${states.length} ${describeState(state)}`
        show()
      },
      opened(_, seconds) {
        opened += 1
        estimate.opened(seconds)
      },
      computed({ state }, _, seconds) {
        computed += weightOf(state)
        estimate.computed(seconds, weightOf(state))
      },
      group(_unit, _group, seconds) {
        scored += 1
        estimate.scored(seconds)
        show()
      },
    },
    stop: () => bar?.stop(),
  }
}
