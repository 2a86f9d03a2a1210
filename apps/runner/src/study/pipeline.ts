import { SaliencyError } from '@saliency/core'
import { messageOf } from '../errors.ts'
import type { PlannedUnit } from './plan.ts'
import type { Crew } from './scoring/crew.ts'
import type { ScoreJob } from './scoring/jobs.ts'
import { clearFailure, type Failure, recordFailure, unitFile } from './units.ts'

/** What becomes of computed groups: scored beside the engine, then written, unit by unit in order. */
export interface Pipeline {
  /**
   * Waits until the maps of another group may be in memory.
   * @throws FILE if an earlier unit could not be written
   */
  room(): Promise<void>
  /** Takes one group of a unit, or why there is none. */
  add(unit: PlannedUnit, group: number, computed: Omit<ScoreJob, 'variants'> | Error): void
  /** Gives up on units none of whose groups can be computed. */
  fail(units: readonly PlannedUnit[], reason: string): void
  /** Waits for everything that was taken. @throws FILE */
  drain(): Promise<void>
  readonly done: number
  readonly failed: readonly Failure[]
}

/** Groups whose maps wait for being scored or are scored, beside the one that is computed. */
const WAITING = 2

/** Connects the engine's side with the crew's, which may still be getting ready. */
export function createPipeline(
  folder: string,
  opening: Promise<Crew>,
  signal: AbortSignal,
  events: {
    group?(unit: PlannedUnit, group: number, seconds: number): void
    unit?(unit: PlannedUnit, error?: string): void
  },
): Pipeline {
  const waiting = new Set<Promise<unknown>>()
  const failed: Failure[] = []
  let scores: Promise<string | undefined>[] = []
  let [done, closing, broken]: [number, Promise<void>, unknown] = [0, Promise.resolve(), undefined]

  async function scoreOne(unit: PlannedUnit, group: number, computed: Parameters<Pipeline['add']>[2]) {
    if (computed instanceof Error) return messageOf(computed)
    try {
      const seconds = await (await opening).score(computed)
      if (!signal.aborted) events.group?.(unit, group, seconds)
      return undefined
    } catch (error) {
      return messageOf(error)
    }
  }

  function leaveFailure(unit: PlannedUnit, reason: string) {
    failed.push({ unit: unit.id, reason })
    recordFailure(folder, { unit: unit.id, reason })
    events.unit?.(unit, reason)
  }

  async function close(unit: PlannedUnit, results: readonly Promise<string | undefined>[]) {
    const problem = (await Promise.all(results)).find((one) => one !== undefined)
    if (signal.aborted) return
    if (problem !== undefined) {
      await (await opening).discard(unit.id)
      return leaveFailure(unit, problem)
    }
    await (await opening).finish(unit.id, unitFile(folder, unit.id))
    clearFailure(folder, unit.id)
    done += 1
    events.unit?.(unit)
  }

  const inOrder = (work: () => Promise<void> | void) => {
    closing = closing.then(work).catch((error: unknown) => {
      if (!signal.aborted) broken ??= error
    })
  }

  function stopIfBroken() {
    if (SaliencyError.is(broken) || broken instanceof Error) throw broken
  }

  return {
    async room() {
      while (waiting.size >= WAITING && !signal.aborted) await Promise.race(waiting)
      stopIfBroken()
    },
    add(unit, group, computed) {
      const score = scoreOne(unit, group, computed)
      scores.push(score)
      waiting.add(score)
      void score.then(() => waiting.delete(score))
      if (group !== unit.to - 1) return
      const results = scores
      scores = []
      inOrder(() => close(unit, results))
    },
    fail(units, reason) {
      scores = []
      inOrder(() => {
        for (const unit of units) leaveFailure(unit, reason)
      })
    },
    async drain() {
      await closing
      stopIfBroken()
    },
    get done() {
      return done
    },
    failed,
  }
}
