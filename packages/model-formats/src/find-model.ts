import { SaliencyError } from '@saliency/core'
import { foreignFolder } from './foreign-folders.ts'

/**
 * The one model file among the names of files.
 * @param where what holds them, for the message of an error
 * @throws FILE when there is none, or more than one
 */
export function modelFileAmong(names: readonly string[], where: string): string {
  const found = names.filter((name) => /(^|\/)model\.json$|\.(onnx|h5|hdf5|keras)$/i.test(name))
  const [first] = found
  if (first === undefined) {
    const foreign = foreignFolder(names)
    const what = foreign ?? 'no model: no model.json, .onnx, .keras or .h5 file.'
    throw new SaliencyError('FILE', `${where} holds ${what}`)
  }
  if (found.length > 1) {
    throw new SaliencyError('FILE', `${where} holds several models: name one of ${found.join(', ')}.`)
  }
  return first
}
