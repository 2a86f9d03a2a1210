import { describe, expect, it } from 'vitest'
import { createSharedClock } from '../src/scoring/shared-clock.ts'

describe('the clock of interleaved work', () => {
  it('counts every moment once', async () => {
    let time = 0
    const clock = createSharedClock(() => time)
    const spent = [0, 0]
    const done: (() => void)[] = []
    const work = spent.map((_, i) =>
      clock.timed(
        (seconds) => void (spent[i]! += seconds),
        () => new Promise<void>((resolve) => void (done[i] = resolve)),
      ),
    )
    time = 4
    done[0]?.()
    await work[0]
    time = 5
    done[1]?.()
    await work[1]
    time = 9
    await clock.timed(
      (seconds) => void (spent[0]! += seconds),
      async () => void (time = 10),
    )
    expect(spent).toEqual([3, 3])
  })
})
