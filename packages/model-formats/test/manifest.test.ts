import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { importLayersModel } from '../src/index.ts'
import { saveLayersModel } from './layers-model.ts'

async function saved(): Promise<Awaited<ReturnType<typeof saveLayersModel>>> {
  const model = tf.sequential()
  model.add(tf.layers.flatten({ inputShape: [2, 1, 2] }))
  model.add(tf.layers.dense({ units: 2, useBias: false, name: 'dense' }))
  model.setWeights([tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2])])
  return saveLayersModel(model)
}

/** The kernel as imported: `[out, in]`, its inputs in the order c·h·w. */
const kernel = [1, 5, 3, 7, 2, 6, 4, 8]

interface Manifest {
  paths: string[]
  weights: { name: string; quantization?: object }[]
}

const kernelOf = async (
  json: Record<string, unknown>,
  shards: Record<string, Uint8Array>,
): Promise<number[]> => {
  const { weights } = await importLayersModel(json, { read: async (path) => shards[path] as Uint8Array })
  return [...(weights.get('dense/kernel')?.data ?? [])]
}

test('weights in one shard, and cut anywhere into several', async () => {
  const { json, shard } = await saved()
  expect(await kernelOf(json, { 'weights.bin': shard })).toEqual(kernel)
  const [group] = json['weightsManifest'] as [Manifest]
  group.paths = ['a', 'b', 'c']
  const shards = { a: shard.subarray(0, 5), b: shard.subarray(5, 19), c: shard.subarray(19) }
  expect(await kernelOf(json, shards)).toEqual(kernel)
})

test.each([
  // 255 steps from 1 to 8.
  ['uint8', 7 / 255, 1, Uint8Array.from([0, 36, 73, 109, 146, 182, 219, 255])],
  ['uint16', 0.5, -1, new Uint8Array(Uint16Array.from([4, 6, 8, 10, 12, 14, 16, 18]).buffer)],
  [
    'float16',
    undefined,
    undefined,
    new Uint8Array(Uint16Array.from([0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700, 0x4800]).buffer),
  ],
] as const)('weights quantised to %s are what TensorFlow.js decodes', async (dtype, scale, min, bytes) => {
  const { json } = await saved()
  const [group] = json['weightsManifest'] as [Manifest]
  const spec = group.weights[0] as tf.io.WeightsManifestEntry
  Object.assign(spec, { quantization: scale === undefined ? { dtype } : { dtype, scale, min } })
  const decoded = tf.io.decodeWeights(bytes.slice().buffer, [spec])['dense/kernel'] as tf.Tensor
  const expected = decoded.reshape([2, 1, 2, 2]).transpose([3, 2, 0, 1]).dataSync()
  const actual = await kernelOf(json, { 'weights.bin': bytes })
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 5)
  expect(actual[0]).toBeCloseTo(1, 2)
})
