import { SaliencyError } from '@saliency/core'
import type { GraphProto, TensorProto } from '@saliency/onnx-proto'
import type { ModelFiles } from '../model-files.ts'
import { invalid } from '../problems.ts'
import type { ExternalData } from './tensor-proto.ts'

const externalLocation = 1

/** Where a tensor's external data lies. */
interface Location {
  readonly path: string
  readonly offset: number
  readonly length?: number
}

function locationOf(tensor: TensorProto): Location | undefined {
  if (tensor.dataLocation !== externalLocation) return undefined
  const entries = new Map((tensor.externalData ?? []).map(({ key, value }) => [key, value]))
  const path = entries.get('location')
  if (!path)
    throw invalid(`The tensor '${tensor.name}' lies in another file, but the model does not say which.`)
  const length = entries.get('length')
  const location = { path: insideFolder(path, tensor), offset: Number(entries.get('offset') ?? 0) }
  return length === undefined ? location : { ...location, length: Number(length) }
}

/** Refuses paths that lead out of the model's folder: a model file must not be able to read the rest of the disk. */
function insideFolder(path: string, tensor: TensorProto): string {
  const parts = path.replaceAll('\\', '/').split('/')
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || parts.includes('..')) {
    throw new SaliencyError(
      'INVALID_MODEL',
      `The tensor '${tensor.name}' points to '${path}', outside the model's folder. This is refused.`,
    )
  }
  return parts.filter((part) => part !== '' && part !== '.').join('/')
}

/** Reads every external file that the graph's weights name, once each. */
export async function readExternalData(
  graph: GraphProto,
  files: ModelFiles | undefined,
): Promise<ExternalData> {
  const contents = new Map<string, Uint8Array>()
  for (const tensor of graph.initializer ?? []) {
    const location = locationOf(tensor)
    if (!location || contents.has(location.path)) continue
    if (!files) throw invalid(`The weights lie in '${location.path}': give the files beside the model.`)
    contents.set(location.path, await files.read(location.path))
  }
  return (tensor) => {
    const location = locationOf(tensor)
    if (!location) return undefined
    const bytes = contents.get(location.path)
    if (!bytes) throw invalid(`The tensor '${tensor.name}' lies in '${location.path}', which was not read.`)
    const { offset, length = bytes.length - offset } = location
    if (!(offset >= 0) || !(length >= 0) || offset + length > bytes.length) {
      throw invalid(`'${location.path}' is truncated: the tensor '${tensor.name}' ends behind its end.`)
    }
    return bytes.subarray(offset, offset + length)
  }
}
