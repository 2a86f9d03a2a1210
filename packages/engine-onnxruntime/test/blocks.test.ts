import { ancestors, backward, createGraph, tensor, type Plan, type Value } from '@saliency/core'
import * as native from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { openOnnxRuntime, toOnnx } from '../src/index.ts'
import { readsOf } from '../src/passes/masks.ts'
import { blocksOf } from '../src/write/blocks.ts'

const channels = 16
const kernelOf = (size: number) =>
  tensor(
    Float32Array.from({ length: channels ** 2 * size ** 2 }, (_, i) => Math.sin(i * i) / 8),
    [channels, channels, size, size],
  )

type Convolve = (x: Value, name: string, size: number, strides?: [number, number]) => Value

/** The gradient of a network that a test makes of convolutions. */
function gradientThrough(make: (conv: Convolve, image: Value) => Value) {
  const graph = createGraph()
  const { ops } = graph
  const weights = new Map<string, ReturnType<typeof kernelOf>>()
  const conv: Convolve = (x, name, size, strides = [1, 1]) => {
    const layer = graph.layer(name)
    const kernel = layer.parameter(`${name}/kernel`, [channels, channels, size, size], 'kernel')
    weights.set(`${name}/kernel`, kernelOf(size))
    const pad = (size - 1) / 2
    return layer.conv(x, kernel, undefined, { pads: [pad, pad, pad, pad], strides })
  }
  const image = ops.input('image', ['n', channels, 8, 8])
  const last = make(conv, image)
  const map = backward({ from: last, start: ops.relu(last) }).at(image)
  return { plan: { outputs: { map } } satisfies Plan, weights }
}

/** Residual blocks before a stride: what comes back through that is not in blocks of channels. */
const residual = (blocks: number) =>
  gradientThrough((conv, image) => {
    const { ops } = image.graph
    let x = ops.relu(conv(image, 'stem', 3))
    for (let block = 0; block < blocks; block++) {
      const inner = ops.relu(conv(x, `block${block}/first`, 3))
      x = ops.relu(ops.add(x, conv(inner, `block${block}/second`, 3)))
    }
    return conv(x, 'strided', 3, [2, 2])
  })

/** A max pool over tiles, whose maxima are found by differences. */
const pooled = () =>
  gradientThrough((conv, image) => {
    const { ops } = image.graph
    const x = ops.maxPool(ops.relu(conv(image, 'first', 3)), { kernel: [2, 2], strides: [2, 2] })
    return conv(x, 'second', 3)
  })

const blocks = ({ outputs }: Plan) => blocksOf(ancestors(Object.values(outputs), readsOf))
const entering = (plan: Plan) => [...blocks(plan).entering].map(({ node }) => node.op)

describe('what a processor reads in blocks of channels', () => {
  it('is the one gradient that would bring a whole stage out of its blocks', () => {
    expect(entering(residual(2).plan)).toEqual(['ConvTranspose'])
  })

  it('is nothing where one mask and one convolution follow', () => {
    expect(entering(residual(0).plan)).toEqual([])
  })

  it('is the order of the places of a max pool, whose differences are computed there', () => {
    const { plan } = pooled()
    expect(entering(plan)).toEqual(['Mul'])
    expect([...blocks(plan).members].filter(({ node }) => node.op === 'Sub').length).toBe(2)
    expect(blocks(plan).unread.size).toBe(2)
  })

  it.each([
    ['residual blocks', residual(2)],
    ['a max pool', pooled()],
  ])('comes out of %s as it was', async (_, { plan, weights }) => {
    // Areas of one brightness, so that windows hold several maxima.
    const image = tensor(
      Float32Array.from({ length: 2 * channels * 64 }, (__, i) => Math.max(0, Math.round(2 * Math.cos(i)))),
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
