import { type FloatTensor, tensor } from '@saliency/core'

/** One row per image in logit space, `[n, k]`: e_c, or e_c − 1/K for the centred direction. */
export function directionsFor(
  targets: readonly number[],
  classes: number,
  kind: 'one-hot' | 'centred' = 'one-hot',
): FloatTensor {
  const rest = kind === 'centred' ? -1 / classes : 0
  const data = new Float32Array(targets.length * classes).fill(rest)
  targets.forEach((target, row) => (data[row * classes + target]! += 1))
  return tensor(data, [targets.length, classes])
}

/** Directions of single images, `[1, k]` each, as one tensor `[n, k]`. */
export function joinedDirections(rows: readonly FloatTensor[]): FloatTensor {
  const width = rows[0]?.shape[1] ?? 0
  const data = new Float32Array(rows.length * width)
  for (const [row, { data: values }] of rows.entries()) data.set(values, row * width)
  return tensor(data, [rows.length, width])
}

/** Classes of one row of logits, most likely first; ties keep the lower index first. */
export function rankedClasses(logits: Float32Array): number[] {
  return Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b)
}
