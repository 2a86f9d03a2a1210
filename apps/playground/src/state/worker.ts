import { createBirpc } from 'birpc'
import type { PageFunctions, WorkerFunctions } from '../protocol.ts'

/** Starts the worker that runs networks. */
export function startWorker(functions: PageFunctions) {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' })
  return createBirpc<WorkerFunctions, PageFunctions>(functions, {
    post: (message) => worker.postMessage(message),
    on: (listener) => worker.addEventListener('message', ({ data }) => listener(data)),
    timeout: -1,
  })
}
