import { batch } from '@preact/signals'
import { problem, progress } from './state.ts'

/** Says in the page what went wrong. */
export function fail(error: unknown): void {
  batch(() => {
    problem.value = error instanceof Error ? error.message : String(error)
    progress.value = undefined
  })
}

/**
 * Runs something, and says in the page what went wrong.
 * @returns whether all went well
 */
export async function attempt(what: string, run: () => Promise<void>): Promise<boolean> {
  batch(() => {
    problem.value = undefined
    progress.value = { text: what, done: 0, all: 1 }
  })
  try {
    await run()
    return true
  } catch (error) {
    fail(error)
    return false
  }
}
