import { readFile } from 'node:fs/promises'
import { SaliencyError } from '@saliency/core'
import { readPreprocessText, type Preprocess } from '../preprocess.ts'

/**
 * Reads and checks a `preprocess.json`.
 * @throws FILE if it cannot be read, INVALID_CONFIG if it is not JSON or a field is wrong
 */
export async function readPreprocess(path: string): Promise<Preprocess> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SaliencyError('FILE', `${path} cannot be read: ${String((cause as Error).message)}`, { cause })
  })
  return readPreprocessText(bytes, path)
}
