import * as tf from '@tensorflow/tfjs'
import { createRandom } from '@saliency/core'
import { importGraphModel, type ImportedModel } from '../src/index.ts'
import { randomImages } from './layers-model.ts'
import { largestDifference, logitsOf } from './reference.ts'

type Attribute =
  | number
  | string
  | boolean
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly type: string }

/** One node of a graph model as JSON. */
export interface GraphNodeJson {
  name: string
  op: string
  input: string[]
  attr: Record<string, object>
}

/** One weight. */
export interface GraphWeight {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32'
  readonly values: readonly number[]
}

const base64 = (text: string) => btoa(text)

function attributeJson(value: Attribute): object {
  if (typeof value === 'number') return { i: String(value) }
  if (typeof value === 'string') return { s: base64(value) }
  if (typeof value === 'boolean') return { b: value }
  if (!Array.isArray(value)) {
    const other = value as { float?: number; type?: string }
    return other.type === undefined ? { f: other.float } : { type: other.type }
  }
  const isText = typeof value[0] === 'string'
  return { list: isText ? { s: (value as string[]).map(base64) } : { i: (value as number[]).map(String) } }
}

/** A node; element types are floats unless said otherwise. */
export function operation(
  op: string,
  name: string,
  input: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): GraphNodeJson {
  const attr = Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, attributeJson(value)]),
  )
  return { name, op, input: [...input], attr: { T: { type: 'DT_FLOAT' }, ...attr } }
}

/** Keyed random floats, positive ones for names that begin with `+`. */
export function weight(name: string, shape: readonly number[]): GraphWeight {
  const random = createRandom('model-formats', 'graph', name)
  const size = shape.reduce((product, dim) => product * dim, 1)
  const draw = () => (name.startsWith('positive') ? 0.5 + random.uniform() : random.normal() * 0.4)
  return { name, shape, dtype: 'float32', values: Array.from({ length: size }, draw) }
}

/** Given integers. */
export function whole(
  name: string,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): GraphWeight {
  return { name, shape, dtype: 'int32', values }
}

/** A graph model that reads `image [n, 9, 7, 3]` and returns `scores`. */
export interface GraphModelJson {
  readonly json: Record<string, unknown>
  readonly shard: Uint8Array
}

/** Puts a placeholder and constants around nodes. */
export function graphModel(nodes: readonly GraphNodeJson[], weights: readonly GraphWeight[]): GraphModelJson {
  const shape = { dim: [-1, 9, 7, 3].map((size) => ({ size: String(size) })) }
  const placeholder = {
    name: 'image',
    op: 'Placeholder',
    input: [],
    attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape } },
  }
  const constants = weights.map(({ name, dtype }) => ({
    name,
    op: 'Const',
    input: [],
    attr: { dtype: { type: dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32' } },
  }))
  const parts = weights.map(({ dtype, values }) =>
    dtype === 'float32'
      ? new Uint8Array(Float32Array.from(values).buffer)
      : new Uint8Array(Int32Array.from(values).buffer),
  )
  const shard = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    shard.set(part, offset)
    offset += part.length
  }
  const specs = weights.map(({ name, shape: dims, dtype }) => ({ name, shape: dims, dtype }))
  return {
    json: {
      format: 'graph-model',
      modelTopology: { node: [placeholder, ...constants, ...nodes], library: {}, versions: {} },
      signature: {
        inputs: { image: { name: 'image:0', dtype: 'DT_FLOAT', tensorShape: shape } },
        outputs: { scores: { name: 'scores:0', dtype: 'DT_FLOAT' } },
      },
      weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
    },
    shard,
  }
}

/** Imports a graph model and returns the largest difference between its logits and TensorFlow.js'. */
export async function compareGraph({
  json,
  shard,
}: GraphModelJson): Promise<{ imported: ImportedModel; difference: number }> {
  const artifacts = {
    modelTopology: json['modelTopology'] as object,
    signature: json['signature'] as object,
    weightSpecs: (json['weightsManifest'] as [{ weights: tf.io.WeightsManifestEntry[] }])[0].weights,
    weightData: shard.buffer as ArrayBuffer,
  }
  // Another suite of the same process may have left a backend that refuses some of these graphs.
  const before = tf.getBackend()
  await tf.setBackend('cpu')
  const source = await tf.loadGraphModel(tf.io.fromMemory(artifacts))
  const images = randomImages(3, 9, 7)
  const expected = tf.tidy(() => {
    const input = tf
      .tensor(images.data, images.shape as [number, number, number, number])
      .transpose([0, 2, 3, 1])
    return (source.predict(input) as tf.Tensor).dataSync() as Float32Array
  })
  if (before) await tf.setBackend(before)
  const imported = await importGraphModel(json, { read: async () => shard })
  return { imported, difference: largestDifference(await logitsOf(imported, images), expected) }
}
