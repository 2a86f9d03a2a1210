import { messageOf, type Predict, SaliencyError, type SaliencyErrorCode } from '@saliency/core'
import type { ScoreJob, Scoring } from '../scoring/jobs.ts'
import type { UnitFacts } from '../store/run-store.ts'
import type { CheckModule } from './check-modules.ts'

/** What failed on another thread, in a form that survives the way between threads. */
export interface Problem {
  readonly message: string
  readonly code?: string
}

/** A result, or what went wrong. */
export type Answer<T> = { readonly value: T } | { readonly problem: Problem }

/** What a scoring thread begins with. */
export interface ThreadStart {
  readonly scoring: Scoring
  /** The run folder, which it opens as well. */
  readonly folder: string
  /** Where maps lie, if not there. */
  readonly scratch: string | undefined
  readonly checks: readonly CheckModule[]
}

/** A job that hands its maps over. */
export interface ThreadJob extends ScoreJob {
  readonly moved: readonly ArrayBuffer[]
  /** The rows come back packed, instead of being kept for {@link ScoringThread.finish}. */
  readonly isPacked: boolean
}

/** What a scoring thread gave so far. */
export interface Scored {
  /** What all of its scoring took. */
  readonly seconds: number
  readonly rows?: Uint8Array
}

/** A unit whose groups are all scored. */
export interface ScoredUnit {
  readonly unit: string
  /** Rows that other threads packed. */
  readonly packed: readonly Uint8Array[]
  readonly facts: UnitFacts
}

/** What a scoring thread answers to. Buffers listed in `moved` change hands instead of being copied. */
export interface ScoringThread {
  start(given: ThreadStart): Promise<Answer<boolean>>
  score(job: ThreadJob): Promise<Answer<Scored>>
  finish(unit: ScoredUnit): Promise<Answer<Scored>>
  discard(unit: string): Promise<void>
}

/** What a scoring thread asks of the thread that has the engine. */
export interface EngineThread {
  predict(...request: Parameters<Predict>): Promise<Answer<Awaited<ReturnType<Predict>>>>
}

/** The buffers that a message hands over: what its arguments or its result list as `moved`. */
export function movedBuffers(message: unknown): ArrayBuffer[] {
  const { a: given = [], r: result } = message as { a?: readonly unknown[]; r?: unknown }
  return [...given, result].flatMap((item) =>
    typeof item === 'object' && item !== null && 'moved' in item ? (item.moved as ArrayBuffer[]) : [],
  )
}

/** Errors lose their code on the way between threads, so they travel as data. */
export async function answer<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work() }
  } catch (error) {
    const code = SaliencyError.is(error) ? error.code : undefined
    return { problem: { message: messageOf(error), ...(code !== undefined && { code }) } }
  }
}

/** The value of an answer. @throws what went wrong on the other thread */
export function valueOf<T>(given: Answer<T>): T {
  if ('value' in given) return given.value
  const { code, message } = given.problem
  throw code === undefined ? new Error(message) : new SaliencyError(code as SaliencyErrorCode, message)
}
