/**
 * Lets timers, signals, finished engine calls and a page's events run in between: scoring itself never waits. In a page, a
 * message is delivered after them, and at once, where a timer would wait some milliseconds each time; Node.js has a name for it.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(undefined)
  })
}
