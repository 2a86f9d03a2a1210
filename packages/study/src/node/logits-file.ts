import { readFileSync } from 'node:fs'
import { encodeNpy, type FloatTensor, messageOf, readNpy, SaliencyError, tensor } from '@saliency/core'
import { writeAtomically } from '../system/files.ts'
import type { FileFormat } from './file-format.ts'

/** Logits `[n, k]` of one group as a `.npy` file: what a summary takes from maps, where those do not last. */
export const logitsFormat: FileFormat<FloatTensor> = {
  folder: 'logits',
  ending: '.npy',
  write: (path, logits) => writeAtomically(path, encodeNpy(logits)),
  read(path) {
    try {
      const { array } = readNpy(readFileSync(path), path, 0)
      return tensor(array.data as Float32Array, array.shape)
    } catch (cause) {
      throw new SaliencyError('INVALID_RUN', `${path} is damaged: ${messageOf(cause)}`, { cause })
    }
  },
}
