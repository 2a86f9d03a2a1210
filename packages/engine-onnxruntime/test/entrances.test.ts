import { ancestors, backward, createGraph, tensor, type Plan, type Value } from '@saliency/core'
import * as native from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { openOnnxRuntime, toOnnx } from '../src/index.ts'
import { entrancesOf } from '../src/write/entrances.ts'

const channels = 16
const kernelOf = (size: number) =>
  tensor(
    Float32Array.from({ length: channels ** 2 * size ** 2 }, (_, i) => Math.sin(i * i) / 8),
    [channels, channels, size, size],
  )

/** The gradient of two residual blocks, or of none, before a stride: what comes back through that is not in blocks of channels. */
function gradientOf(blocks: number) {
  const graph = createGraph()
  const { ops } = graph
  const weights = new Map<string, ReturnType<typeof kernelOf>>()
  const conv = (x: Value, name: string, size: number, strides: [number, number] = [1, 1]) => {
    const layer = graph.layer(name)
    const kernel = layer.parameter(`${name}/kernel`, [channels, channels, size, size], 'kernel')
    weights.set(`${name}/kernel`, kernelOf(size))
    const pad = (size - 1) / 2
    return layer.conv(x, kernel, undefined, { pads: [pad, pad, pad, pad], strides })
  }
  const image = ops.input('image', ['n', channels, 8, 8])
  let x = ops.relu(conv(image, 'stem', 3))
  for (let block = 0; block < blocks; block++) {
    const inner = ops.relu(conv(x, `block${block}/first`, 3))
    x = ops.relu(ops.add(x, conv(inner, `block${block}/second`, 3)))
  }
  const last = conv(x, 'strided', 3, [2, 2])
  const map = backward({ from: last, start: ops.relu(last) }).at(image)
  return { plan: { outputs: { map } } satisfies Plan, weights }
}

const operatorsOf = ({ outputs }: Plan) =>
  [...entrancesOf(ancestors(Object.values(outputs)))].map(({ node }) => node.op)

describe('what a processor reads in blocks of channels', () => {
  it('is the one gradient that would bring a whole stage out of its blocks', () => {
    expect(operatorsOf(gradientOf(2).plan)).toEqual(['ConvTranspose'])
  })

  it('is nothing where one mask and one convolution follow', () => {
    expect(operatorsOf(gradientOf(0).plan)).toEqual([])
  })

  it('comes out as it was', async () => {
    const { plan, weights } = gradientOf(2)
    const image = tensor(
      Float32Array.from({ length: 2 * channels * 64 }, (_, i) => Math.cos(i)),
      [2, channels, 8, 8],
    )
    const session = await (await openOnnxRuntime({ backend: 'native', threads: 1 })).open(plan, weights)
    const { map } = await session.run({ image })
    const plain = await native.InferenceSession.create(toOnnx(plan, weights))
    const expected = await plain.run({ image: new native.Tensor('float32', image.data, image.shape) })
    const [now, before] = [map?.data as Float32Array, expected['map']?.data as Float32Array]
    const largest = Math.max(...before.map(Math.abs))
    expect(largest).toBeGreaterThan(0)
    expect(Math.max(...now.map((value, at) => Math.abs(value - (before[at] ?? NaN))))).toBeLessThan(
      1e-5 * largest,
    )
    await Promise.all([session.dispose(), plain.release()])
  })
})
