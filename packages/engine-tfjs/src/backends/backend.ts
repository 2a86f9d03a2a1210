import * as tf from '@tensorflow/tfjs'

/** TensorFlow.js's backends: tfjs-node's native library, WebAssembly, plain JavaScript, and a browser's GPU. */
export type BackendName = 'tensorflow' | 'wasm' | 'cpu' | 'webgpu' | 'webgl'

/** The backend in use, without initialising one where none is, or where the last one chosen could not be. */
export function backendInUse(): string | undefined {
  const { backendName, registry } = tf.engine()
  return backendName in registry ? backendName : undefined
}

/**
 * Runs synchronous work on one backend and then puts back the one that was in use, so that a program's own tensors stay
 * where they were. The switch itself takes effect at once when the backend is initialised.
 */
export function onBackend<T>(name: BackendName, work: () => T): T {
  const before = backendInUse()
  if (before === name) return work()
  void tf.setBackend(name)
  try {
    return work()
  } finally {
    if (before) void tf.setBackend(before)
  }
}
