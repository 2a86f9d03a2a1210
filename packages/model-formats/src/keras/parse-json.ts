import { invalid } from '../problems.ts'

/**
 * Parses JSON inside a file.
 * @throws INVALID_MODEL naming `what` where it is none
 */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid(`${what} is not JSON. Download the file, or save the model, again.`, cause)
  }
}
