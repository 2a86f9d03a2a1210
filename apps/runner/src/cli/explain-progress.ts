import { createDisplay, duration } from './progress.ts'
import type { Terminal } from './terminal.ts'

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
