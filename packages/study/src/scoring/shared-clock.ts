/** Times work that runs interleaved on one thread. */
export interface SharedClock {
  /** Runs `work` and tells its share of the time in seconds, in pieces, which sum up. */
  timed<T>(tell: (seconds: number) => void, work: () => Promise<T>): Promise<T>
}

/**
 * A clock that splits each moment among all that is at work then. While one group waits for the engine's predictions the
 * next one is scored on the same thread: two stopwatches would count that time twice.
 */
export function createSharedClock(now: () => number = () => performance.now() / 1000): SharedClock {
  const active = new Set<(seconds: number) => void>()
  let since = now()
  function settle(): void {
    const time = now()
    for (const tell of active) tell((time - since) / active.size)
    since = time
  }
  return {
    async timed(tell, work) {
      const own = (seconds: number) => tell(seconds)
      settle()
      active.add(own)
      try {
        return await work()
      } finally {
        settle()
        active.delete(own)
      }
    },
  }
}
