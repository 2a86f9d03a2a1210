import { SaliencyError, type Node } from '@saliency/core'

const text = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Says whether a backend ran out of memory, from what it and the browsers say then. */
export function isOutOfMemory(error: unknown): boolean {
  return /^Aborted\(|Invalid typed array length|out of memory|OOM|memory access out of bounds|allocation failed|allocate|context lost|device (is|was) lost/i.test(
    text(error),
  )
}

/** What a failing operator means for the user. */
export function operatorError(error: unknown, node: Node, backend: string): SaliencyError {
  if (SaliencyError.is(error)) return error
  const place = node.layer === undefined ? node.op : `${node.op} in layer '${node.layer}'`
  if (/not registered for the backend|Kernel '.*' not registered/i.test(text(error))) {
    const message = `The TensorFlow.js backend '${backend}' cannot run ${place}: ${text(error)}. Use the backend wasm or cpu.`
    return new SaliencyError('UNSUPPORTED_OPERATOR', message, { cause: error })
  }
  const advice = isOutOfMemory(error)
    ? 'it ran out of memory; use a smaller batch, or another backend'
    : text(error)
  return new SaliencyError('ENGINE', `TensorFlow.js (${backend}) failed at ${place}: ${advice}.`, {
    cause: error,
  })
}
