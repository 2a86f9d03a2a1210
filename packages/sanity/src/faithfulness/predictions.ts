import type { Predict } from '@saliency/core'

/** Inputs one after another in one array. */
export function stack(inputs: readonly Float32Array[]): Float32Array {
  const size = inputs[0]?.length ?? 0
  const result = new Float32Array(inputs.length * size)
  inputs.forEach((input, i) => result.set(input, i * size))
  return result
}

/** Inputs per call of the model: bounds memory, whatever the number of steps. */
const CHUNK = 64

/** What the model says of a class for many changed inputs. */
export interface ClassScores {
  /** Before softmax. */
  readonly logits: Float64Array
  /** After softmax, in [0, 1]. */
  readonly probabilities: Float64Array
}

function probability(row: Float32Array, target: number): number {
  const largest = row.reduce((max, value) => Math.max(max, value), -Infinity)
  const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0)
  return Math.exp(row[target]! - largest) / total
}

/** Runs the model over inputs `[c, h, w]` and keeps the score of one class. */
export async function classScores(
  predict: Predict,
  inputs: readonly Float32Array[],
  target: number,
): Promise<ClassScores> {
  const logits = new Float64Array(inputs.length)
  const probabilities = new Float64Array(inputs.length)
  for (let start = 0; start < inputs.length; start += CHUNK) {
    const part = inputs.slice(start, start + CHUNK)
    const result = await predict(stack(part))
    part.forEach((_, i) => {
      const row = result.logits.subarray(i * result.classes, (i + 1) * result.classes)
      logits[start + i] = row[target]!
      probabilities[start + i] = probability(row, target)
    })
  }
  return { logits, probabilities }
}
