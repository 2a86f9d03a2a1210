import type { Predict } from '@saliency/core'
import { classScores } from './predictions.ts'

/** What is deleted from an image, patch by patch. */
export interface Deletion {
  /** `[c, h, w]` */
  readonly image: Float32Array
  /** `[c, h, w]`: what stands where a patch is gone. */
  readonly substrate: Float32Array
  /** The patch of every pixel, `[h, w]`. */
  readonly segments: Uint32Array
  readonly count: number
}

/** The image without some patches. */
export function withoutPatches(
  { image, substrate, segments }: Deletion,
  gone: ReadonlySet<number>,
): Float32Array {
  return image.map((value, i) => (gone.has(segments[i % segments.length]!) ? substrate[i]! : value))
}

/**
 * An order of patches that is made for deletion alone: in each round every patch that is left is tried, and those without
 * which the class is least likely go. With as many rounds as patches this is greedy deletion; with fewer, several go at once.
 * @param rounds how often patches are tried anew
 */
export async function greedyOrder(
  deletion: Deletion,
  target: number,
  rounds: number,
  predict: Predict,
): Promise<number[]> {
  const order: number[] = []
  const each = Math.max(1, Math.ceil(deletion.count / rounds))
  while (order.length < deletion.count) {
    const gone = new Set(order)
    const left = Array.from({ length: deletion.count }, (_, patch) => patch).filter(
      (patch) => !gone.has(patch),
    )
    const tried = left.map((patch) => withoutPatches(deletion, new Set([...gone, patch])))
    const { probabilities } = await classScores(predict, tried, target)
    const ranked = left
      .map((patch, i) => ({ patch, probability: probabilities[i]! }))
      .toSorted((a, b) => a.probability - b.probability || a.patch - b.patch)
    for (const { patch } of ranked.slice(0, each)) order.push(patch)
  }
  return order
}
