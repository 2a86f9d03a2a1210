import { createHash } from 'node:crypto'
import type { Weights } from '@saliency/core'

/** SHA-256 over names, shapes and values of all weights: the same for one network in two file formats only if equal. */
export function weightsHash(weights: Weights): string {
  const hash = createHash('sha256')
  for (const name of [...weights.keys()].sort()) {
    const value = weights.get(name)
    if (!value) continue
    hash.update(`${name}[${value.shape.join()}]`)
    hash.update(new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength))
  }
  return hash.digest('hex')
}
