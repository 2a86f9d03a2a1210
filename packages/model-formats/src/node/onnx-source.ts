import { float16ToNumber, numberToFloat16, SaliencyError, type FloatTensor } from '@saliency/core'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { ImportedModel } from '../imported-model.ts'
import type { SourceRuntime } from '../verify-model.ts'
import { permute } from '../weights/permute.ts'

/** Element types of images that can be fed. */
const inputTypes = ['float32', 'float16', 'float64', 'uint8', 'int8', 'int32', 'int64'] as const
type InputType = (typeof inputTypes)[number]

function inputType(found: InferenceSession.ValueMetadata | undefined): InputType {
  const type = found?.isTensor ? found.type : 'float32'
  const known = inputTypes.find((one) => one === type)
  if (known) return known
  throw new SaliencyError(
    'ENGINE',
    `The file takes images of ${type}, which cannot be fed to compare with it.`,
  )
}

/** Numbers in the array that ONNX Runtime takes for an element type; whole numbers where it is one. */
function numbersAs(type: InputType, data: Float32Array): Tensor.DataType {
  switch (type) {
    case 'float16':
      return Uint16Array.from(data, numberToFloat16)
    case 'float64':
      return Float64Array.from(data)
    case 'uint8':
      return Uint8Array.from(data)
    case 'int8':
      return Int8Array.from(data)
    case 'int32':
      return Int32Array.from(data)
    case 'int64':
      return BigInt64Array.from(data, (value) => BigInt(Math.round(value)))
    default:
      return data
  }
}

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
  const type = inputType(session.inputMetadata.find(({ name }) => name === input.name))
  /** Image by image, since a file may be exported for a batch of one. */
  async function predictOne(image: FloatTensor): Promise<Float32Array> {
    const { data, shape } = input.layout === 'channels-last' ? permute(image, [0, 2, 3, 1]) : image
    const feeds = { [input.name]: new runtime.Tensor(type, numbersAs(type, data as Float32Array), shape) }
    const results = await session.run(feeds, [output])
    const { data: scores, type: given } = results[output] as Tensor
    return given === 'float16'
      ? Float32Array.from(
          new Uint16Array((scores as Uint16Array).buffer, (scores as Uint16Array).byteOffset, scores.length),
          float16ToNumber,
        )
      : Float32Array.from(scores as Float32Array, Number)
  }
  return {
    numbers: type,
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
