import { decodeText } from '@saliency/core'
import { foreignKind } from './foreign-files.ts'
import type { ModelFormat } from './imported-model.ts'
import { isObject } from './keras/config-reader.ts'
import { invalid } from './problems.ts'

/** What a file holds, told by its content; JSON comes parsed. */
export type Detected =
  | { readonly format: Exclude<ModelFormat, 'tfjs-layers' | 'tfjs-graph'> }
  | { readonly format: 'tfjs-layers' | 'tfjs-graph'; readonly json: unknown }

const hdf5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
const zip = [0x50, 0x4b, 0x03, 0x04]

const startsWith = (bytes: Uint8Array, start: readonly number[]) =>
  start.every((byte, index) => bytes[index] === byte)

/** The first character that is no white space; a byte order mark counts as white space. */
/** The first of a text that is no white space. */
const firstCharacter = (bytes: Uint8Array) => decodeText(bytes.subarray(0, 256)).trimStart()[0]

/**
 * Tells a model's format by its first bytes, whatever its name ends in.
 * @throws INVALID_MODEL when the file is empty, of a kind that is no model (the message says which, and what to do), or
 * JSON that is no TensorFlow.js model.
 */
export function detectFormat(bytes: Uint8Array, name: string): Detected {
  if (bytes.length === 0) throw invalid(`${name} is empty. Download or export the model again.`)
  if (startsWith(bytes, hdf5)) return { format: 'keras-h5' }
  const foreign = foreignKind(bytes, name)
  if (foreign !== undefined) throw invalid(foreign)
  if (startsWith(bytes, zip)) return { format: 'keras-v3' }
  if (firstCharacter(bytes) !== '{') return { format: 'onnx' }
  const json = parseJson(bytes, name)
  const topology = isObject(json) ? json['modelTopology'] : undefined
  if (!isObject(topology)) {
    throw invalid(`${name} is ${describeJson(json)}, but no TensorFlow.js model: it has no 'modelTopology'.`)
  }
  return { format: Array.isArray(topology['node']) ? 'tfjs-graph' : 'tfjs-layers', json }
}

/** JSON files that lie beside models, by what is in them. */
function describeJson(json: unknown): string {
  if (!isObject(json)) return 'JSON'
  if (json['class_name'] !== undefined) return 'a Keras network without its weights (model.to_json())'
  if (json['architectures'] !== undefined) return 'the configuration of a Hugging Face model'
  if (json['dependencies'] !== undefined) return 'the manifest of a package'
  return 'JSON'
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(decodeText(bytes))
  } catch (cause) {
    throw invalid(
      `${name} is JSON that cannot be read; it may be truncated. Download or export the model again.`,
      cause,
    )
  }
}
