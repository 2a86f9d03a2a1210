import type { Dialect } from './topology.ts'

/** How a file that a version of Keras wrote is to be read: a few layers changed their meaning with Keras 3. */
export function dialectOf(version: unknown): Exclude<Dialect, 'tfjs'> {
  return typeof version === 'string' && version.startsWith('3') ? 'keras-3' : 'keras-2'
}
