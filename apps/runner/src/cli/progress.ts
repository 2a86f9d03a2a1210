import { counted } from '@saliency/core'
import { SingleBar } from 'cli-progress'
import {
  type PlannedState,
  type PlannedUnit,
  type Shard,
  shardUnits,
  type Study,
  type StudyEvents,
} from '@saliency/study'
import { createEstimate, workOf } from './estimate.ts'
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
  return `${counted(weights.layers.length, 'layer')} drawn anew (${weights.layers.at(-1) ?? ''}), draw ${weights.draw + 1}`
}

/** Seconds, minutes or hours. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '…'
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** Says what is studied, and what is there already. */
function announce(study: Study, pending: number, terminal: Terminal, shard: Shard | undefined): void {
  const asked = shard ? shardUnits(study.plan, shard).length : study.plan.units.length
  const part = shard ? ` of shard ${shard.index + 1}/${shard.count}` : ''
  if (asked === 0)
    return terminal.error(
      `There are no units${part}: the study has fewer units under a weight state than there are shards, so that some shards are empty.`,
    )
  if (pending === 0) return terminal.error(`Every unit${part} is finished already.`)
  const { plan, maps, batchSize, engine, loaded } = study
  const finished = asked - pending
  const known = finished > 0 ? `; ${finished} of ${counted(asked, 'unit')}${part} are finished already` : ''
  terminal.error(
    `${loaded.model.name}: ${counted(maps.set.variants.length, 'variant')}, ${counted(plan.images, 'image')}, ${counted(plan.states.length, 'weight state')}, batch ${batchSize}, ${engine.description}${known}.`,
  )
}

/** Where progress is shown. */
interface Display {
  show(done: number, left: string, label: string): void
  stop(): void
}

/** A bar for a person, or a line now and then for a log. */
export function createDisplay(terminal: Terminal, steps: number): Display {
  const format = ' {bar} {percentage} % | {left} left | {label}'
  const bar = terminal.isTTY
    ? new SingleBar({ format, hideCursor: true, clearOnComplete: true, etaBuffer: 1 })
    : undefined
  if (steps > 0) bar?.start(steps, 0, { label: '', left: '…' })
  let spoken = -Infinity
  return {
    show(done, left, label) {
      if (bar) return bar.update(done, { label, left })
      const now = performance.now()
      if (now - spoken < LINE_SECONDS * 1000) return
      spoken = now
      terminal.error(`${Math.round((100 * done) / Math.max(1, steps))} % | ${left} left | ${label}`)
    },
    stop: () => bar?.stop(),
  }
}

/** Shows what runs now, how much is done, and how long the rest will take. */
export function createProgress(
  study: Study,
  pending: readonly PlannedUnit[],
  terminal: Terminal,
  shard?: Shard,
): Progress {
  const states = [...new Set(pending.map(({ state }) => state))]
  const work = workOf(study, pending)
  const estimate = createEstimate(work)
  announce(study, pending.length, terminal, shard)
  const display = createDisplay(terminal, work.length)
  let label = ''
  let done = 0
  const show = () => display.show(done, duration(estimate.remaining()), label)
  return {
    events: {
      state(index, state) {
        label = `${states.indexOf(index) + 1}/${states.length} ${describeState(state)}`
        show()
      },
      group(unit, group) {
        estimate.finished(unit.id, group)
        done += 1
        show()
      },
    },
    stop: display.stop,
  }
}

/** Shows which maps are computed now, and how long the rest will take. */
export interface ExplainProgress {
  /** Says what runs now. */
  now(label: string): void
  /** Counts maps that are written. */
  finished(maps: number): void
  stop(): void
}

/** @param maps how many there will be */
export function createExplainProgress(terminal: Terminal, maps: number): ExplainProgress {
  const display = createDisplay(terminal, maps)
  const start = performance.now()
  let done = 0
  return {
    now(label) {
      const seconds = (performance.now() - start) / 1000
      display.show(done, duration((seconds / done) * (maps - done)), label)
    },
    finished: (count) => void (done += count),
    stop: display.stop,
  }
}
