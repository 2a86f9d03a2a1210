import type { Engine } from '@saliency/core'

/** Runs one task after the other. */
function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task)
    last = next.catch(() => undefined)
    return next
  }
}

/** An engine whose library takes one call at a time: on a graphics card it refuses another while it waits for the card. */
export function inTurn(engine: Engine): Engine {
  const turn = createTurns()
  return {
    ...engine,
    async open(plan, weights) {
      const session = await turn(() => engine.open(plan, weights))
      return {
        run: (feeds) => turn(() => session.run(feeds)),
        dispose: () => turn(() => session.dispose()),
      }
    },
  }
}
