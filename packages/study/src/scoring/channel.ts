import { messageOf, type Predict, SaliencyError, type SaliencyErrorCode } from '@saliency/core'
import type { CheckModule, Scored, ScoredUnit, ScoreJob, Scoring } from './jobs.ts'

/** What failed on another thread, in a form that survives the way between threads. */
export interface Problem {
  readonly message: string
  readonly code?: string
}

/** A result, or what went wrong. */
export type Answer<T> = { readonly value: T } | { readonly problem: Problem }

/** What a scoring thread answers to. Buffers listed in `moved` change hands instead of being copied. */
export interface ScoringThread {
  start(scoring: Scoring, checks: readonly CheckModule[]): Promise<Answer<boolean>>
  score(job: ScoreJob & { moved: readonly ArrayBuffer[] }, isPacked: boolean): Promise<Answer<Scored>>
  finish(unit: ScoredUnit): Promise<Answer<number>>
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
