/**
 * Lets timers, signals, finished engine calls and a page's events run in between: scoring itself never waits. A message is
 * delivered after them, and at once; a timer would wait some milliseconds each time.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(undefined)
  })
}
