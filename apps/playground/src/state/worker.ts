import { createBirpc } from 'birpc'
import type { PageFunctions, WorkerFunctions } from '../protocol.ts'
// The bundler makes the default export: the address of the built worker.
// oxlint-disable-next-line import/default
import address from '../worker/worker.ts?worker&url'

/** A worker that runs one network at a time. */
export interface NetworkWorker {
  readonly ask: WorkerFunctions
  end(): void
}

/**
 * A worker has the security policy that its own file is sent with, and a static host sends none; but one that is made in
 * memory has that of the page, which keeps its connections to the page's own files.
 */
function guarded(): Worker {
  const script = `import ${JSON.stringify(address)}`
  const made = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  return new Worker(made, { type: 'module' })
}

/** Starts a worker. */
export function startWorker(functions: PageFunctions): NetworkWorker {
  const worker = guarded()
  const ask = createBirpc<WorkerFunctions, PageFunctions>(functions, {
    post: (message) => worker.postMessage(message),
    on: (listener) => worker.addEventListener('message', ({ data }) => listener(data)),
    timeout: -1,
  })
  return { ask, end: () => worker.terminate() }
}
