import { backward, createGraph, createRandom, tensor, type FloatTensor } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { openBackends } from './compare.ts'

/** A small classifier with its gradient: a convolution, both kinds of pooling, a dense layer. */
function network() {
  const { ops } = createGraph()
  const random = createRandom('network')
  const weights = new Map<string, FloatTensor>()
  const weight = (name: string, shape: readonly number[]) => {
    const size = shape.reduce((product, dim) => product * dim, 1)
    weights.set(
      name,
      tensor(
        Float32Array.from({ length: size }, () => random.normal()),
        shape,
      ),
    )
    return ops.parameter(name, shape)
  }
  const image = ops.input('image', ['n', 1, 8, 8])
  const hidden = ops.relu(ops.conv(image, weight('kernel', [4, 1, 3, 3]), weight('bias', [4])))
  const pooled = ops.maxPool(hidden, { kernel: [2, 2], strides: [2, 2] })
  const logits = ops.gemm(ops.flatten(ops.averagePool(pooled, { kernel: [2, 2] })), weight('dense', [16, 3]))
  const gradient = backward({ from: logits, start: ops.input('seed', ['n', 3]), until: image }).at(image)
  const feeds = {
    image: tensor(
      Float32Array.from({ length: 128 }, () => random.normal()),
      [2, 1, 8, 8],
    ),
    seed: tensor(Float32Array.of(1, 0, 0, 0, 1, 0), [2, 3]),
  }
  return { plan: { outputs: { logits, gradient } }, weights, feeds }
}

const engines = await openBackends(['tensorflow', 'wasm', 'cpu'])

describe.each(engines.map((engine) => [engine.id, engine] as const))('a session on %s', (_id, engine) => {
  it('adds up the channels of a group where a transposed convolution has one pixel', async () => {
    const { ops } = createGraph()
    const weight = ops.constant([1, 2, 3, 4], [4, 1, 1, 1])
    const map = ops.convTranspose(ops.input('x', ['n', 4, 1, 1]), weight, undefined, {
      group: 2,
      strides: [2, 2],
    })
    const session = await engine.open({ outputs: { map } }, new Map())
    const result = await session.run({ x: tensor(Float32Array.of(1, 1, 1, 1), [1, 4, 1, 1]) })
    expect(result['map']).toMatchObject({ shape: [1, 2, 1, 1], data: Float32Array.of(3, 7) })
    await session.dispose()
  })

  it('holds as many tensors after 1,000 runs as before, and none when disposed', async () => {
    const { plan, weights, feeds } = network()
    const empty = tf.memory().numTensors
    const session = await engine.open(plan, weights)
    await session.run(feeds)
    const before = tf.memory().numTensors
    for (let run = 0; run < 1000; run++) await session.run(feeds)
    expect(tf.memory().numTensors).toBe(before)
    await session.dispose()
    expect(tf.memory().numTensors).toBe(empty)
  })

  it('gives a batch what it gives its images one by one', async () => {
    const { plan, weights, feeds } = network()
    const session = await engine.open(plan, weights)
    const both = await session.run(feeds)
    const second = await session.run({
      image: tensor(feeds.image.data.slice(64), [1, 1, 8, 8]),
      seed: tensor(feeds.seed.data.slice(3), [1, 3]),
    })
    const [whole, part] = [both['gradient']?.data as Float32Array, second['gradient']?.data as Float32Array]
    expect(
      Math.max(...part.map((value, index) => Math.abs(value - (whole[64 + index] ?? NaN)))),
    ).toBeLessThan(1e-5)
    await session.dispose()
  })

  it('names what is wrong with weights and feeds, and leaks nothing over it', async () => {
    const { plan, weights, feeds } = network()
    const empty = tf.memory().numTensors
    await expect(engine.open(plan, new Map([...weights].slice(1)))).rejects.toThrow(
      /'kernel' \[4, 1, 3, 3\] has no value/,
    )
    const wrong = new Map(weights).set('bias', tensor(new Float32Array(5), [5]))
    await expect(engine.open(plan, wrong)).rejects.toThrow(/'bias' has shape \[5\]; the graph takes \[4\]/)
    expect(tf.memory().numTensors).toBe(empty)
    const session = await engine.open(plan, weights)
    const { image, seed } = feeds
    await expect(session.run({ image })).rejects.toThrow(/'seed' \[n, 3\] is not fed/)
    await expect(session.run({ image: tensor(new Float32Array(63), [1, 1, 9, 7]), seed })).rejects.toThrow(
      /\[1, 1, 9, 7\]; it takes \[n, 1, 8, 8\]/,
    )
    await expect(session.run({ image, seed: tensor(new Float32Array(3), [1, 3]) })).rejects.toThrow(
      /batches of/,
    )
    await session.dispose()
    await expect(session.run(feeds)).rejects.toMatchObject({ code: 'ENGINE' })
    expect(tf.memory().numTensors).toBe(empty)
  })

  it("leaves the program's own backend in use", async () => {
    await tf.setBackend('cpu')
    const { plan, weights, feeds } = network()
    const session = await engine.open(plan, weights)
    await session.run(feeds)
    expect(tf.getBackend()).toBe('cpu')
    await session.dispose()
  })

  it('may run twice at once', async () => {
    const { plan, weights, feeds } = network()
    const session = await engine.open(plan, weights)
    const [first, second] = await Promise.all([session.run(feeds), session.run(feeds)])
    expect(first['gradient']?.data).toEqual(second['gradient']?.data)
    await session.dispose()
  })
})
