import { SaliencyError, type FloatTensor } from '@saliency/core'
import type { ImportedModel } from '../imported-model.ts'
import type { SourceRuntime } from '../verify-model.ts'
import { permute } from '../weights/permute.ts'

/** Opens an ONNX file with ONNX Runtime. */
export async function openOnnxSource(path: string, { input, output }: ImportedModel): Promise<SourceRuntime> {
  const runtime = await import('onnxruntime-node').catch((cause: unknown) => {
    throw new SaliencyError('ENGINE', 'onnxruntime-node is not installed: add it to compare with it.', {
      cause,
    })
  })
  const session = await runtime.InferenceSession.create(path, { logSeverityLevel: 3 }).catch(
    (cause: unknown) => {
      throw new SaliencyError('ENGINE', `ONNX Runtime cannot open ${path}: ${(cause as Error).message}`, {
        cause,
      })
    },
  )
  /** Image by image, since a file may be exported for a batch of one. */
  async function predictOne(image: FloatTensor): Promise<Float32Array> {
    const { data, shape } = input.layout === 'channels-last' ? permute(image, [0, 2, 3, 1]) : image
    const feeds = { [input.name]: new runtime.Tensor('float32', data, shape) }
    const results = await session.run(feeds, [output])
    return results[output]?.data as Float32Array
  }
  return {
    id: `onnxruntime-node ${runtime.env.versions.node ?? runtime.env.versions.common}`,
    async predict(images) {
      const results: Float32Array[] = []
      for (const image of splitBatch(images)) results.push(await predictOne(image))
      return Float32Array.from(results.flatMap((result) => [...result]))
    },
    dispose: () => session.release(),
  }
}

/** `[n, c, h, w]` as n images `[1, c, h, w]`. */
export function splitBatch({ data, shape, dtype }: FloatTensor): FloatTensor[] {
  const [count = 1, ...rest] = shape
  const size = data.length / count
  return Array.from({ length: count }, (_, index) => ({
    dtype,
    shape: [1, ...rest],
    data: data.subarray(index * size, (index + 1) * size),
  }))
}
