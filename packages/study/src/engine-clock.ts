import type { Engine, Session } from '@saliency/core'

/** An engine that says how long it was at work. */
export interface TimedEngine extends Engine {
  /** Seconds in which at least one session was being opened, running or being closed. */
  readonly seconds: number
}

/** Times everything that an engine does; what overlaps counts once. */
export function timeEngine(engine: Engine): TimedEngine {
  let [working, since, total] = [0, 0, 0]
  async function timed<T>(work: () => Promise<T>): Promise<T> {
    if (working === 0) since = performance.now()
    working += 1
    try {
      return await work()
    } finally {
      working -= 1
      if (working === 0) total += performance.now() - since
    }
  }
  const timedSession = (session: Session): Session => ({
    run: (feeds) => timed(() => session.run(feeds)),
    dispose: () => timed(() => session.dispose()),
  })
  return {
    ...engine,
    open: async (plan, weights) => timedSession(await timed(() => engine.open(plan, weights))),
    get seconds() {
      return total / 1000
    },
  }
}
