import { describe, expect, it } from 'vitest'
import { createGraph } from '../src/graph/graph.ts'
import { ancestors, dataInputs, dependsOnInput } from '../src/graph/reach.ts'
import { SaliencyError } from '../src/errors.ts'
import type { Value } from '../src/graph/value.ts'

const image = ['n', 3, 8, 8] as const

describe('interning', () => {
  it('gives the same node for the same operator, inputs and attributes', () => {
    const { ops } = createGraph()
    const x = ops.input('x', image)
    expect(ops.maxPool(x, { kernel: [2, 2], strides: [2, 2] })).toBe(
      ops.maxPool(x, { strides: [2, 2], kernel: [2, 2] }),
    )
    expect(ops.mul(x, 2)).toBe(ops.mul(x, 2))
    expect(ops.mul(x, 2)).not.toBe(ops.mul(x, 3))
    expect(ops.clip(x, -Infinity, 1)).not.toBe(ops.clip(x, Infinity, 1))
  })

  it('tells long constants apart by their last number, and finds equal ones', () => {
    const { ops, nodes } = createGraph()
    const numbers = Array.from({ length: 1000 }, (_, index) => index / 7)
    const constant = ops.constant(numbers)
    expect(ops.constant([...numbers])).toBe(constant)
    expect(ops.constant([...numbers.slice(0, -1), 0.5])).not.toBe(constant)
    expect(ops.constant(numbers, [10, 100])).not.toBe(constant)
    expect(nodes).toHaveLength(3)
  })

  it('simplifies the same application to the same value however often it is asked for', () => {
    const { ops, nodes } = createGraph()
    const x = ops.relu(ops.input('x', image))
    const first = ops.add(ops.mul(x, 0), x)
    const count = nodes.length
    expect(ops.add(ops.mul(x, 0), x)).toBe(first)
    expect(first).toBe(x)
    expect(nodes).toHaveLength(count)
  })

  it('belongs to a graph', () => {
    const make = () => {
      const { ops } = createGraph()
      return ops.relu(ops.input('x', image))
    }
    expect(make()).not.toBe(make())
  })

  it('keeps every node of a model apart, and lets rules reuse them', () => {
    const graph = createGraph()
    const x = graph.ops.input('x', image)
    const first = graph.layer('relu1').relu(x)
    const second = graph.layer('relu2').relu(x)
    expect(first).not.toBe(second)
    expect(graph.ops.relu(x)).toBe(first)
    expect(second.node.layer).toBe('relu2')
  })
})

describe('simplification from signs', () => {
  it('drops the negative part of a rectified value, and everything computed from it', () => {
    const { ops } = createGraph()
    const x = ops.relu(ops.input('x', image))
    const w = ops.relu(ops.parameter('w', [4, 3, 3, 3]))
    const negative = ops.min(x, 0)
    expect(ops.relu(x)).toBe(x)
    expect(negative.sign).toBe('zero')
    const both = ops.add(ops.conv(x, w), ops.conv(negative, w))
    expect(both).toBe(ops.conv(x, w))
    expect(ops.conv(x, w).sign).toBe('nonnegative')
  })

  it('takes a factor that two summands share out of the sum, but not out of broadcast ones', () => {
    const { ops } = createGraph()
    const [y, a, b] = ['y', 'a', 'b'].map((name) => ops.input(name, ['n', 2, 4, 4])) as [Value, Value, Value]
    expect(ops.add(ops.mul(y, a), ops.mul(b, y))).toBe(ops.mul(y, ops.add(a, b)))
    const row = ops.input('row', ['n', 2, 1, 1])
    expect(ops.add(ops.mul(y, row), ops.mul(y, a)).node.op).toBe('Add')
  })

  it('negates a quotient by its denominator, and reshapes once', () => {
    const { ops } = createGraph()
    const [r, z] = ['r', 'z'].map((name) => ops.input(name, ['n', 2, 4, 4])) as [Value, Value]
    expect(ops.neg(ops.div(r, ops.sub(z, 1)))).toBe(ops.div(r, ops.sub(1, z)))
    expect(ops.neg(ops.neg(r))).toBe(r)
    expect(ops.neg(ops.div(r, z)).node.op).toBe('Neg')
    expect(ops.reshape(ops.reshape(r, ['n', 32]), ['n', 4, 8])).toBe(ops.reshape(r, ['n', 4, 8]))
  })

  it('never simplifies a layer of the model: relu, pool, relu keeps both ReLUs', () => {
    const graph = createGraph()
    const x = graph.ops.input('x', image)
    const pooled = graph
      .layer('pool')
      .maxPool(graph.layer('relu1').relu(x), { kernel: [2, 2], strides: [2, 2] })
    const again = graph.layer('relu2').relu(pooled)
    expect(ancestors([again]).filter((node) => node.op === 'Relu')).toHaveLength(2)
  })

  it('turns a zero into a constant of its shape', () => {
    const { ops } = createGraph()
    const x = ops.input('x', image)
    const zero = ops.reduceSum(ops.mul(x, 0), { axes: [1] })
    expect(zero.node.op).toBe('Fill')
    expect(zero.shape).toEqual(['n', 1, 8, 8])
  })

  it('knows nothing of the values of weights', () => {
    const { ops } = createGraph()
    const x = ops.relu(ops.input('x', image))
    expect(ops.conv(x, ops.parameter('w', [4, 3, 1, 1])).sign).toBe('any')
  })
})

describe('shape inference', () => {
  const { ops } = createGraph()
  const x = ops.input('x', ['n', 4, 7, 6])

  it('follows the batch through reshapes', () => {
    expect(ops.flatten(x).shape).toEqual(['n', 168])
    expect(ops.reshape(x, ['168*n']).shape).toEqual(['168*n'])
    expect(() => ops.reshape(x, ['n', 169])).toThrow(SaliencyError)
  })

  it('counts windows as ONNX Runtime does', () => {
    const size = (ceilMode: boolean) =>
      ops.maxPool(x, { kernel: [2, 2], strides: [2, 2], ceilMode }).shape.slice(2)
    expect(size(false)).toEqual([3, 3])
    expect(size(true)).toEqual([4, 3])
    expect(
      ops.conv(x, ops.parameter('k', [8, 2, 3, 3]), undefined, {
        group: 2,
        strides: [2, 2],
        pads: [1, 1, 1, 1],
      }).shape,
    ).toEqual(['n', 8, 4, 3])
    expect(ops.slice(x, { axes: [2], starts: [-1], ends: [-9], steps: [-2] }).shape).toEqual(['n', 4, 4, 6])
  })

  it('names operator, layer and shapes when inputs do not fit', () => {
    const graph = createGraph()
    const wrong = () =>
      graph.layer('conv1').conv(graph.ops.input('x', ['n', 4, 7, 6]), graph.ops.parameter('k', [8, 3, 3, 3]))
    expect(wrong).toThrow(
      "Conv in layer 'conv1' cannot take inputs [n, 4, 7, 6], [8, 3, 3, 3]: the kernel expects 3 channels, the input has 4.",
    )
  })
})

describe('which inputs carry a gradient', () => {
  it('leaves out what truth values make of the image, in whatever arithmetic', () => {
    const { ops } = createGraph()
    const x = ops.input('x', image)
    const mask = ops.cast(ops.greater(x, 0), 'float32')
    for (const steps of [mask, ops.sub(1, mask), ops.mul(ops.neg(mask), 3)]) {
      expect(dataInputs(ops.mul(x, steps).node).map(({ value }) => value)).toEqual([x])
      expect(dependsOnInput(steps)).toBe(true)
    }
    expect(dataInputs(ops.mul(x, ops.add(mask, x)).node)).toHaveLength(2)
    expect(dataInputs(ops.where(ops.greater(x, 0), x, 0).node).map(({ index }) => index)).toEqual([1])
  })
})
