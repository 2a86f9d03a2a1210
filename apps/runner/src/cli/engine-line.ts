import type { Engine } from '@saliency/core'
import { fasterEngine } from '@saliency/toolkit/steps'
import { type Terminal, warn } from './terminal.ts'

/** Says how to have the fast engine, where a slow one was opened that nobody asked for. */
export function warnOfSlowEngine(engine: Engine, asked: string | undefined, terminal: Terminal): void {
  const advice = fasterEngine(engine, asked)
  if (advice !== undefined) warn(terminal, advice)
}

/** Says which engine runs, and how to have the fast one where it was lost. */
export function sayEngine(engine: Engine, asked: string | undefined, terminal: Terminal): void {
  terminal.error(`engine: ${engine.description}.`)
  warnOfSlowEngine(engine, asked, terminal)
}
