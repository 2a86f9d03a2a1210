import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseNpy, tensor, type FloatTensor } from '@saliency/core'
import { referenceFolder } from './reference.ts'

/** Whether the small inputs that once failed are there, with their right answers; suites that need them are skipped where they are not. */
export const hasCases: boolean = existsSync(join(referenceFolder, 'cases', 'README.md'))

/** The path of a file or folder of the cases, for instance `casePath('models', 'group-norm', 'legacy.onnx')`. */
export function casePath(...path: readonly string[]): string {
  return join(referenceFolder, 'cases', ...path)
}

/**
 * Reads a `.npy` array of the cases as 32-bit floats, in its own shape.
 * @throws INVALID_INPUT if it is no array.
 */
export function caseArray(...path: readonly string[]): FloatTensor {
  const file = casePath(...path)
  const { data, shape } = parseNpy(readFileSync(file), file)
  return tensor(Float32Array.from(data), shape)
}
