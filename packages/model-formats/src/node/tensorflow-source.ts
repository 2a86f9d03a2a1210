import type { GraphModel, io, LayersModel, Tensor } from '@tensorflow/tfjs'
import { SaliencyError } from '@saliency/core'
import type { ImportedModel } from '../imported-model.ts'
import { isObject } from '../keras/config-reader.ts'
import type { ModelFiles } from '../model-files.ts'
import type { SourceRuntime } from '../verify-model.ts'
import { permute } from '../weights/permute.ts'

type WeightGroup = { paths: string[]; weights: io.WeightsManifestEntry[] }

/** A parsed model.json with its shards, as TensorFlow.js takes a model from memory. */
async function readArtifacts(json: Record<string, unknown>, files: ModelFiles): Promise<io.ModelArtifacts> {
  const groups = (Array.isArray(json['weightsManifest']) ? json['weightsManifest'] : []) as WeightGroup[]
  const shards: Uint8Array[] = []
  for (const path of groups.flatMap(({ paths }) => paths)) shards.push(await files.read(path))
  const bytes = new Uint8Array(shards.reduce((sum, shard) => sum + shard.length, 0))
  let offset = 0
  for (const shard of shards) {
    bytes.set(shard, offset)
    offset += shard.length
  }
  return {
    modelTopology: json['modelTopology'] as object,
    ...(isObject(json['signature']) && { signature: json['signature'] as object }),
    weightSpecs: groups.flatMap(({ weights }) => weights),
    weightData: bytes.buffer,
  }
}

/** Opens a layers or graph model with TensorFlow.js. */
export async function openTensorFlowSource(
  json: unknown,
  files: ModelFiles,
  { outputs, output, format, input }: ImportedModel,
): Promise<SourceRuntime> {
  const tf = await import('@tensorflow/tfjs').catch((cause: unknown) => {
    throw new SaliencyError('ENGINE', '@tensorflow/tfjs is not installed: add it to compare with it.', {
      cause,
    })
  })
  const artifacts = await readArtifacts(json as Record<string, unknown>, files)
  const handler: io.IOHandler = { load: async () => artifacts }
  const loading: Promise<GraphModel | LayersModel> =
    format === 'tfjs-graph' ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler)
  const model = await loading.catch((cause: unknown) => {
    throw new SaliencyError('ENGINE', `TensorFlow.js cannot open the model: ${(cause as Error).message}`, {
      cause,
    })
  })
  const slot = outputs.findIndex(({ name }) => name === output)
  return {
    id: `TensorFlow.js ${tf.version.tfjs}`,
    async predict(images) {
      const { data, shape } = input.layout === 'channels-last' ? permute(images, [0, 2, 3, 1]) : images
      return tf.tidy(() => {
        const result = model.predict(tf.tensor(data, [...shape]), {})
        const all = Array.isArray(result)
          ? result
          : result instanceof tf.Tensor
            ? [result]
            : Object.values(result)
        const found = all[slot] as Tensor
        const isImage = found.rank === 4 && input.layout === 'channels-last'
        return (isImage ? found.transpose([0, 3, 1, 2]) : found).dataSync() as Float32Array
      })
    },
    async dispose() {
      model.dispose()
    },
  }
}
