import { backward, createGraph, createRandom, type FloatTensor, type Ops, type Value } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { describe, expect, it } from 'vitest'
import { evaluate, expectSame, openBackends } from './compare.ts'

type Layers = (ops: Ops, x: Value, kernel: (shape: readonly number[]) => Value) => Value

/** Small nets whose ways back take the paths that real ones take. */
const nets: Record<string, Layers> = {
  'pools that tile, with ties': (ops, x, kernel) => {
    const hidden = ops.relu(ops.conv(x, kernel([4, 2, 3, 3]), undefined, { pads: [1, 1, 1, 1] }))
    return ops.maxPool(hidden, { kernel: [2, 2], strides: [2, 2] })
  },
  'pools that overlap': (ops, x, kernel) => {
    const hidden = ops.relu(ops.conv(x, kernel([4, 2, 3, 3]), undefined, { pads: [1, 1, 1, 1] }))
    return ops.maxPool(hidden, { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
  },
  'averages that tile': (ops, x) => ops.averagePool(ops.relu(x), { kernel: [2, 4], strides: [2, 4] }),
  'averages at the border': (ops, x) =>
    ops.averagePool(ops.relu(x), { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceilMode: true }),
  'strides and a residual sum': (ops, x, kernel) => {
    const main = ops.relu(
      ops.conv(x, kernel([4, 2, 3, 3]), kernel([4]), { pads: [0, 0, 1, 1], strides: [2, 2] }),
    )
    return ops.relu(ops.add(main, ops.conv(x, kernel([4, 2, 1, 1]), undefined, { strides: [2, 2] })))
  },
  'a depthwise and a grouped convolution': (ops, x, kernel) => {
    const wide = ops.conv(x, kernel([6, 2, 1, 1]))
    const deep = ops.clip(
      ops.conv(wide, kernel([6, 1, 3, 3]), undefined, { group: 6, strides: [2, 2], pads: [1, 1, 1, 1] }),
      0,
      6,
    )
    return ops.leakyRelu(
      ops.conv(deep, kernel([6, 2, 3, 3]), undefined, { group: 3, dilations: [2, 2], pads: [2, 2, 2, 2] }),
      0.1,
    )
  },
}

const reference = await openOnnxRuntime({ threads: 1 })
const engines = await openBackends(['tensorflow', 'wasm', 'cpu'])

describe.each(engines.map((engine) => [engine.id, engine] as const))(
  'ways back on %s as on ONNX Runtime',
  (_id, engine) => {
    it.each(Object.entries(nets))('%s', async (name, layers) => {
      const { ops } = createGraph()
      const weights = new Map<string, FloatTensor>()
      const draw = (shape: readonly number[]): FloatTensor => {
        const random = createRandom(name, weights.size, shape.join())
        const size = shape.reduce((product, dim) => product * dim, 1)
        // Halves: many sums come out equal, so that ties are met.
        return {
          dtype: 'float32',
          shape,
          data: Float32Array.from({ length: size }, () => random.integer(-3, 3) / 2),
        }
      }
      const kernel = (shape: readonly number[]) => {
        const parameter = `weight${weights.size}`
        weights.set(parameter, draw(shape))
        return ops.parameter(parameter, shape)
      }
      const image = ops.input('image', ['n', 2, 8, 8])
      const from = layers(ops, image, kernel)
      const seed = ops.input('seed', from.shape)
      const outputs = { from, signal: backward({ from, start: seed, until: image }).at(image) }
      const feeds = { image: draw([2, 2, 8, 8]), seed: draw([2, ...(from.shape.slice(1) as number[])]) }
      const prepared = { plan: { outputs }, weights, feeds }
      const expected = await evaluate(reference, prepared)
      expectSame(await evaluate(engine, prepared), expected)
    })

    it('a gate shuts out what is not a number', async () => {
      const { ops } = createGraph()
      const open = ops.relu(ops.input('x', ['n', 4]))
      const plan = { outputs: { result: ops.where(ops.greater(open, 0), ops.div(1, open), 0) } }
      const x = { dtype: 'float32' as const, shape: [1, 4], data: Float32Array.of(-1, 0, 2, 4) }
      const { result } = await evaluate(engine, { plan, weights: new Map(), feeds: { x } })
      expect(result?.data).toEqual(Float32Array.of(0, 0, 0.5, 0.25))
    })
  },
)
