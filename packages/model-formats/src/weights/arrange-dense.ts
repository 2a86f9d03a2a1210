import type { FloatTensor } from '@saliency/core'
import type { Flattened } from '../source-value.ts'
import { permute, withShape } from './permute.ts'

/** `[in, out] → [out, in]`, with the inputs of a flattened image reordered from h·w·c to c·h·w. */
export function arrangeDense(stored: FloatTensor, flattened: Flattened | undefined): FloatTensor {
  if (!flattened) return permute(stored, [1, 0])
  const { channels, height, width } = flattened
  const units = stored.shape[1] ?? 1
  const image = withShape(stored, [height, width, channels, units])
  return withShape(permute(image, [3, 2, 0, 1]), [units, channels * height * width])
}
