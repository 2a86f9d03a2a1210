import { messageOf } from '@saliency/core'
import { createRequire } from 'node:module'
import util from 'node:util'

/** Node 23 removed these; tfjs-node 4.22 still calls them. */
function restoreRemovedFunctions(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  }
  for (const [name, implementation] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value: implementation, configurable: true })
  }
}

/** Loads tfjs-node, which registers its backend in the TensorFlow.js that is already there. */
export async function loadTfjsNode(): Promise<void> {
  restoreRemovedFunctions()
  // TensorFlow would print its build flags at every start.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  try {
    createRequire(import.meta.url)('@tensorflow/tfjs-node')
  } catch (error) {
    const text = messageOf(error)
    if (/Cannot find module '@tensorflow\/tfjs-node'/.test(text)) {
      throw new Error('@tensorflow/tfjs-node is not installed', { cause: error })
    }
    if (/native addon module/.test(text)) {
      throw new Error(
        "@tensorflow/tfjs-node's native addon is not built (scripts/build-tfjs-node.mjs of this package builds it)",
        { cause: error },
      )
    }
    throw new Error(`@tensorflow/tfjs-node does not load: ${text.split('\n')[0]}`, { cause: error })
  }
}
