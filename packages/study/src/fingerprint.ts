import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Weights } from '@saliency/core'

/** SHA-256 of pieces that follow one another, as hexadecimal digits. */
export type Sha256 = (pieces: Iterable<Uint8Array>) => string

const ownSha256: Sha256 = (pieces) => {
  const hash = sha256.create()
  for (const piece of pieces) hash.update(piece)
  return bytesToHex(hash.digest())
}

function* piecesOf(weights: Weights): Generator<Uint8Array> {
  for (const name of [...weights.keys()].sort()) {
    const value = weights.get(name)
    if (!value) continue
    yield utf8ToBytes(`${name}[${value.shape.join()}]`)
    yield new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength)
  }
}

/** SHA-256 over names, shapes and values of all weights: the same for one network in two file formats only if equal. */
export function weightsHash(weights: Weights, hash: Sha256 = ownSha256): string {
  return hash(piecesOf(weights))
}
