import { messageOf } from '@saliency/core'
import type { PlannedUnit } from './store/planned-unit.ts'
import { getSound, type LostImages, type RunStore } from './store/run-store.ts'
import type { Crew } from './scoring/crew.ts'
import type { ScoreJob } from './scoring/jobs.ts'
import type { Tries } from './tries.ts'
import type { Failure } from './store/planned-unit.ts'

/** Groups whose maps wait for being scored or are scored, beside the one that is computed. */
export const WAITING = 2

/** What a pipeline tells. */
export interface PipelineEvents {
  /** One group is scored, or failed. */
  group?(unit: PlannedUnit, group: number): void
  unit?(unit: PlannedUnit, error?: string): void
}

/** A group's maps, or why there are none. */
type Computed = Omit<ScoreJob, 'variants'> | Error

/** What becomes of computed groups: scored beside the engine, then stored, unit by unit in order. */
export class Pipeline {
  readonly failed: Failure[] = []
  done = 0
  private readonly store: RunStore
  private readonly crew: Promise<Crew>
  private readonly signal: AbortSignal
  private readonly events: PipelineEvents
  private readonly tries: Tries
  private readonly waiting = new Set<Promise<unknown>>()
  /** What scoring said of each group of the unit that is computed now: why it failed, if it did. */
  private scores: Promise<string | undefined>[] = []
  /** Images that could not be read for the unit that is computed now. */
  private lost: LostImages = new Map()
  private closing: Promise<void> = Promise.resolve()
  private broken: Error | undefined
  /** How this machine rounds. */
  rounding: string | undefined

  /** @param crew may still be getting ready */
  constructor(
    store: RunStore,
    crew: Promise<Crew>,
    signal: AbortSignal,
    events: PipelineEvents,
    tries: Tries,
  ) {
    this.store = store
    this.crew = crew
    this.signal = signal
    this.events = events
    this.tries = tries
  }

  /**
   * Waits until the maps of another group may be in memory.
   * @throws FILE if an earlier unit could not be stored
   */
  async room(): Promise<void> {
    while (this.waiting.size >= WAITING && !this.signal.aborted) await Promise.race(this.waiting)
    if (this.broken) throw this.broken
  }

  /**
   * Takes one group of a unit.
   * @param lost images that could not be read for its weights
   */
  add(unit: PlannedUnit, group: number, computed: Computed, lost: LostImages): void {
    const score = this.score(unit, group, computed)
    const own = computed instanceof Error ? [] : computed.group.lost
    this.lost = new Map([...this.lost, ...lost, ...own])
    this.scores.push(score)
    this.waiting.add(score)
    void score.then(() => this.waiting.delete(score))
    if (group !== unit.to - 1) return
    const { scores, lost: all } = this
    this.forget()
    this.inOrder(() => this.close(unit, scores, all))
  }

  /** Gives up on units none of whose groups can be computed. */
  fail(units: readonly PlannedUnit[], reason: string): void {
    this.forget()
    this.inOrder(async () => {
      for (const unit of units) {
        for (let group = unit.from; group < unit.to; group++) this.events.group?.(unit, group)
        await this.leaveFailure(unit, reason)
      }
    })
  }

  /** Waits for everything that was taken. @throws FILE */
  async drain(): Promise<void> {
    await this.closing
    if (this.broken) throw this.broken
  }

  private async score(unit: PlannedUnit, group: number, computed: Computed): Promise<string | undefined> {
    let problem: string | undefined
    try {
      if (computed instanceof Error) throw computed
      await (await this.crew).score(computed)
    } catch (error) {
      problem = messageOf(error)
    }
    if (!this.signal.aborted) this.events.group?.(unit, group)
    return problem
  }

  private forget(): void {
    this.scores = []
    this.lost = new Map()
  }

  private async close(
    unit: PlannedUnit,
    scores: readonly Promise<string | undefined>[],
    lost: LostImages,
  ): Promise<void> {
    const problem = (await Promise.all(scores)).find((one) => one !== undefined)
    if (this.signal.aborted) return
    const crew = await this.crew
    if (problem !== undefined) {
      await crew.discard(unit.id)
      await this.leaveFailure(unit, problem)
      return
    }
    const { rounding } = this
    await crew.finish(unit.id, { lost, ...(rounding !== undefined && { rounding }) })
    await this.store.remove('failure', unit.id)
    await this.tries.end(unit.id)
    this.done += 1
    this.events.unit?.(unit)
  }

  private async leaveFailure(unit: PlannedUnit, reason: string): Promise<void> {
    const failure = { unit: unit.id, reason }
    await this.tries.end(unit.id)
    // Where two processes compute a unit, the one that fails must not speak for the one that does not.
    if (await getSound(this.store, 'unit', unit.id)) return this.events.unit?.(unit)
    this.failed.push(failure)
    await this.store.put('failure', unit.id, failure)
    this.events.unit?.(unit, reason)
  }

  private inOrder(work: () => Promise<void> | void): void {
    this.closing = this.closing.then(work).catch((error: unknown) => {
      if (!this.signal.aborted) this.broken ??= error instanceof Error ? error : new Error(String(error))
    })
  }
}
