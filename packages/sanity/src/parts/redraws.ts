import { type DrawnScene, type Predict, redrawn } from '@saliency/core'
import { stack } from '../faithfulness/predictions.ts'

/** What the model says of a scene that is drawn without some of its parts: its logits. */
export interface Redraws {
  /** @param without places of parts */
  logits(without: readonly number[]): Float32Array
}

const keyOf = (without: readonly number[]) => [...new Set(without)].sort((a, b) => a - b).join(' ')

/** Runs the model over a scene without each of several sets of parts, each once. */
export async function redraw(
  scene: DrawnScene,
  sets: readonly (readonly number[])[],
  predict: Predict,
): Promise<Redraws> {
  const wanted = new Map(sets.map((without) => [keyOf(without), without]))
  const inputs = [...wanted.values()].map((without) => redrawn(scene, new Set(without)))
  const { logits, classes } = await predict(stack(inputs))
  const rows = new Map([...wanted.keys()].map((key, at) => [key, at * classes]))
  return {
    logits(without) {
      const start = rows.get(keyOf(without))!
      return logits.subarray(start, start + classes)
    },
  }
}

/** The most likely class. */
export function predictedClass(logits: Float32Array): number {
  return logits.indexOf(Math.max(...logits))
}
