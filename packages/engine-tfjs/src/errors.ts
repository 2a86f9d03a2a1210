import { messageOf, type Node, SaliencyError } from '@saliency/core'

/** Says whether a backend ran out of memory, from what it and the browsers say then. */
export function isOutOfMemory(error: unknown): boolean {
  return /^Aborted\(|Invalid typed array length|out of memory|OOM|memory access out of bounds|allocation failed|allocate|context lost|device (is|was) lost/i.test(
    messageOf(error),
  )
}

/** What a failing operator means for the user. */
export function operatorError(error: unknown, node: Node, backend: string): SaliencyError {
  if (SaliencyError.is(error)) return error
  const place = node.layer === undefined ? node.op : `${node.op} in layer '${node.layer}'`
  if (/not registered for the backend|Kernel '.*' not registered/i.test(messageOf(error))) {
    const message = `The TensorFlow.js backend '${backend}' cannot run ${place}: ${messageOf(error)}. Use the backend wasm or cpu.`
    return new SaliencyError('UNSUPPORTED_OPERATOR', message, { cause: error })
  }
  const advice = isOutOfMemory(error)
    ? 'it ran out of memory; use a smaller batch, or another backend'
    : messageOf(error)
  return new SaliencyError('ENGINE', `TensorFlow.js (${backend}) failed at ${place}: ${advice}.`, {
    cause: error,
  })
}
