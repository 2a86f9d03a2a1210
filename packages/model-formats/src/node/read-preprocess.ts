import { readFile } from 'node:fs/promises'
import { SaliencyError } from '@saliency/core'
import { parsePreprocess, type Preprocess } from '../preprocess.ts'

/**
 * Reads and checks a `preprocess.json`.
 * @throws FILE if it cannot be read, INVALID_CONFIG if it is not JSON or a field is wrong
 */
export async function readPreprocess(path: string): Promise<Preprocess> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SaliencyError('FILE', `${path} cannot be read: ${String((cause as Error).message)}`, { cause })
  })
  try {
    return parsePreprocess(JSON.parse(text), path)
  } catch (cause) {
    if (SaliencyError.is(cause)) throw cause
    throw new SaliencyError('INVALID_CONFIG', `${path} is not JSON: ${(cause as Error).message}`, { cause })
  }
}
