import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { messageOf, type Model, parseNpy, SaliencyError } from '@saliency/core'
import { checkedDirection } from '@saliency/explain'

/** A direction over a model's outputs that a file holds. */
export interface DirectionFile {
  /** The file's name. */
  readonly name: string
  readonly values: Float32Array
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new SaliencyError('FILE', `--direction ${path}: it cannot be read (${messageOf(error)}).`)
  }
}

/**
 * Reads a direction over the outputs, `[k]` or `[1, k]`, from a NumPy file: for instance the embedding of a text, to be
 * compared with that of an image. Its length scales the maps.
 * @throws FILE, INVALID_INPUT naming what is wrong with it
 */
export function readDirection(path: string, { logits }: Model): DirectionFile {
  const where = `--direction ${path}`
  const { shape, data } = parseNpy(bytesOf(path), where)
  const outputs = Number(logits.shape[1])
  const isVector = shape.length === 1 || (shape.length === 2 && shape[0] === 1)
  if (!isVector || shape.at(-1) !== outputs) {
    throw new SaliencyError(
      'INVALID_INPUT',
      `${where}: the array is [${shape.join(', ')}], but the model has ${outputs} outputs: it takes one vector, [${outputs}] or [1, ${outputs}].`,
    )
  }
  const { data: values } = checkedDirection(Float32Array.from(data), outputs, where)
  return { name: basename(path), values }
}
