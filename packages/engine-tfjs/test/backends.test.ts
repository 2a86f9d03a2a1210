import { createGraph, tensor } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import util from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadTfjsNode } from '../src/backends/tfjs-node.ts'
import { openTfjs } from '../src/index.ts'

const isBuilt = await loadTfjsNode().then(
  () => true,
  () => false,
)

describe('choosing a backend', () => {
  it('says which one it took and why', async () => {
    const asked = await openTfjs({ backend: 'wasm' })
    expect(asked.id).toBe('tfjs-wasm')
    expect(asked.description).toBe(`TensorFlow.js ${asked.version} on its wasm backend`)
  })

  it('takes the fastest that loads, and says what it passed over', async () => {
    const lines: string[] = []
    const engine = await openTfjs({ log: (line) => lines.push(line) })
    expect(engine.id).toBe(isBuilt ? 'tfjs-tensorflow' : 'tfjs-wasm')
    expect(engine.description).toContain('(auto: ')
    expect(lines).toHaveLength(isBuilt ? 0 : 1)
  })

  it('refuses a backend that does not exist, or not here', async () => {
    await expect(openTfjs({ backend: 'cuda' as 'cpu' })).rejects.toThrow(
      /no TensorFlow.js backend 'cuda'; there are tensorflow/,
    )
    await expect(openTfjs({ backend: 'webgpu' })).rejects.toMatchObject({ code: 'ENGINE' })
    await expect(openTfjs({ backend: 'webgl' })).rejects.toThrow(/'webgl' cannot be used/)
  })

  it('names a folder without the WebAssembly files', async () => {
    await expect(openTfjs({ backend: 'wasm', wasmFiles: '/nowhere' })).rejects.toThrow(/nowhere.*is missing/)
  })

  it('gives back what Node 23 took from tfjs-node', () => {
    expect((util as unknown as { isNullOrUndefined(value: unknown): boolean }).isNullOrUndefined(null)).toBe(
      true,
    )
  })
})

describe('a backend that could not be initialised', () => {
  it('does not stand in the way of another', async () => {
    tf.registerBackend('broken', () => Promise.reject(new Error('no such device')), 0)
    expect(await tf.setBackend('broken')).toBe(false)
    const engine = await openTfjs({ backend: 'wasm' })
    const { ops } = createGraph()
    const session = await engine.open({ outputs: { y: ops.neg(ops.input('x', ['n', 1])) } }, new Map())
    const { y } = await session.run({ x: tensor(Float32Array.of(2), [1, 1]) })
    expect(y?.data).toEqual(Float32Array.of(-2))
    await session.dispose()
    tf.removeBackend('broken')
  })
})

describe('a backend that lacks a kernel', () => {
  it('is named together with the operator and its layer', async () => {
    const engine = await openTfjs({ backend: 'cpu' })
    const graph = createGraph()
    const x = graph.ops.input('x', ['n', 2])
    const session = await engine.open({ outputs: { y: graph.layer('act').erf(x) } }, new Map())
    const kernel = tf.getKernel('Erf', 'cpu')
    tf.unregisterKernel('Erf', 'cpu')
    try {
      const run = session.run({ x: tensor(new Float32Array(2), [1, 2]) })
      await expect(run).rejects.toThrow(/'cpu' cannot run Erf in layer 'act'/)
      await expect(run).rejects.toMatchObject({ code: 'UNSUPPORTED_OPERATOR' })
    } finally {
      if (kernel) tf.registerKernel(kernel)
    }
  })
})

describe('a backend that runs out of memory', () => {
  it('is an error that says what to do', async () => {
    const engine = await openTfjs({ backend: 'wasm' })
    const { ops } = createGraph()
    const huge = ops.reduceSum(ops.expand(ops.input('x', ['n', 1]), ['n', 1_200_000_000]))
    const session = await engine.open({ outputs: { huge } }, new Map())
    const run = session.run({ x: tensor(new Float32Array(1), [1, 1]) })
    await expect(run).rejects.toThrow(
      /\(wasm\) failed at Expand: it ran out of memory; use a smaller batch, or another backend/,
    )
  })

  it('is followed by the next one, with a line that says so, where the choice is automatic', async () => {
    const lines: string[] = []
    const engine = await openTfjs({ log: (line) => lines.push(line) })
    const first = engine.id.replace('tfjs-', '')
    lines.length = 0
    const { ops } = createGraph()
    const session = await engine.open({ outputs: { y: ops.relu(ops.input('x', ['n', 2])) } }, new Map())
    // What WebAssembly says when its four gigabytes do not suffice, without filling them.
    const kernel = tf.getKernel('Relu', first)
    tf.unregisterKernel('Relu', first)
    const exhausted = () => {
      throw new RangeError('Invalid typed array length: 4800000000')
    }
    tf.registerKernel({ ...kernel, kernelFunc: exhausted })
    try {
      const { y } = await session.run({ x: tensor(Float32Array.of(-1, 1), [1, 2]) })
      expect(y?.data).toEqual(Float32Array.of(0, 1))
      expect(lines).toHaveLength(1)
      expect(lines[0]).toMatch(/ran out of memory.*Going on with '(wasm|cpu)'/)
    } finally {
      tf.unregisterKernel('Relu', first)
      tf.registerKernel(kernel)
      await session.dispose()
    }
  })
})
