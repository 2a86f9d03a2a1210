import { createRandom, tensor, type FloatTensor } from '@saliency/core'
import {
  attributeTypes,
  dataTypes,
  encodeModel,
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '@saliency/onnx-proto'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { importOnnx, type ImportedModel } from '../src/index.ts'
import { permute } from '../src/weights/permute.ts'
import { largestDifference, logitsOf } from './reference.ts'

type AttributeValue = number | string | readonly number[] | TensorProto | { readonly float: number }

/** One attribute: whole numbers are ints, `{ float }` a float, lists ints unless an item is fractional. */
function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') return { name, type: attributeTypes.int, i: value }
  if (typeof value === 'string') return { name, type: attributeTypes.string, s: value }
  if (Array.isArray(value)) {
    const isFloat = value.some((item: number) => !Number.isInteger(item))
    return isFloat
      ? { name, type: attributeTypes.floats, floats: [...value] as number[] }
      : { name, type: attributeTypes.ints, ints: [...value] as number[] }
  }
  const other = value as TensorProto | { readonly float: number }
  return 'float' in other
    ? { name, type: attributeTypes.float, f: other.float }
    : { name, type: attributeTypes.tensor, t: other }
}

/** A node; outputs are named by the caller, the node by its first output. */
export function node(
  opType: string,
  input: readonly string[],
  output: string | readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): NodeProto {
  const outputs = typeof output === 'string' ? [output] : [...output]
  const list = Object.entries(attributes).map(([name, value]) => attribute(name, value))
  return { opType, name: outputs[0] ?? opType, input: [...input], output: outputs, attribute: list }
}

/** A float initializer with keyed random values, or the given ones. */
export function floats(name: string, dims: readonly number[], values?: readonly number[]): TensorProto {
  const random = createRandom('model-formats', 'onnx', name)
  const size = dims.reduce((product, dim) => product * dim, 1)
  const data = Float32Array.from({ length: size }, (_, index) => values?.[index] ?? random.normal() * 0.4)
  return { name, dims: [...dims], dataType: dataTypes.float32, rawData: new Uint8Array(data.buffer) }
}

/** Positive values, for variances. */
export function positives(name: string, dims: readonly number[]): TensorProto {
  const random = createRandom('model-formats', 'onnx', name)
  const size = dims.reduce((product, dim) => product * dim, 1)
  return floats(
    name,
    dims,
    Array.from({ length: size }, () => 0.5 + random.uniform()),
  )
}

/** An int64 initializer; a vector unless `dims` says otherwise. */
export function integers(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): TensorProto {
  return { name, dims: [...dims], dataType: dataTypes.int64, int64Data: values.map(BigInt) }
}

/** What a test's model is made of; the input is `image`, the output `scores`. */
export interface OnnxParts {
  readonly nodes: readonly NodeProto[]
  readonly initializers?: readonly TensorProto[]
  readonly opset?: number
  /** Input shape; a text is a symbolic size. Default `['n', 3, 9, 7]`. */
  readonly image?: readonly (number | string)[]
  readonly outputs?: readonly string[]
  readonly producer?: string
}

/** The model as messages. */
export function onnxModel({
  nodes,
  initializers = [],
  opset = 17,
  image = ['n', 3, 9, 7],
  outputs = ['scores'],
  producer = 'pytorch',
}: OnnxParts): ModelProto {
  const dim = image.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  const elemType = dataTypes.float32
  const domains = new Set(nodes.flatMap(({ domain }) => domain || []))
  return {
    irVersion: 8,
    producerName: producer,
    opsetImport: [{ domain: '', version: opset }, ...[...domains].map((domain) => ({ domain, version: 1 }))],
    graph: {
      name: 'test',
      node: [...nodes],
      initializer: [...initializers],
      input: [{ name: 'image', type: { tensorType: { elemType, shape: { dim } } } }],
      output: outputs.map((name) => ({ name, type: { tensorType: { elemType } } })),
    },
  }
}

/** Random images `[batch, …]` in the model's own order of axes. */
export function imagesFor({ image = ['n', 3, 9, 7] }: OnnxParts): FloatTensor {
  const random = createRandom('model-formats', 'onnx', 'images')
  const shape = image.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 2 : 8))
  const size = shape.reduce((product, item) => product * item, 1)
  return tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  )
}

/** Imports a model and returns the largest difference between its logits and ONNX Runtime's on the original bytes. */
export async function compareOnnx(
  parts: OnnxParts,
): Promise<{ imported: ImportedModel; difference: number }> {
  const bytes = encodeModel(onnxModel(parts))
  const images = imagesFor(parts)
  const session = await InferenceSession.create(bytes, {
    logSeverityLevel: 4,
    graphOptimizationLevel: 'disabled',
  })
  const results = await session.run({ image: new Tensor('float32', images.data, images.shape) })
  const expected = results[parts.outputs?.[0] ?? 'scores']?.data as Float32Array
  const imported = await importOnnx(bytes)
  const isLast = imported.input.layout === 'channels-last'
  const given = isLast ? permute(images, [0, 3, 1, 2]) : images
  return { imported, difference: largestDifference(await logitsOf(imported, given), expected) }
}
