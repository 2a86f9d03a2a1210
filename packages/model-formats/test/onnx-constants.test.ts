import type { NodeProto, TensorProto } from '@saliency/onnx-proto'
import { encodeModel } from '@saliency/onnx-proto'
import { tensor } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { around } from './onnx-around.ts'
import { compareOnnx, floats, imagesFor, integers, node, onnxModel } from './onnx-model.ts'
import { gradientOf } from './reference.ts'

const ramp = floats(
  'ramp',
  [9, 7],
  Array.from({ length: 63 }, (_, index) => (index % 11) / 4 - 1.25),
)

/** What is worked out from constants, `c` that broadcasts to `[4, 9, 7]`, is added to the value under test. */
const added = (nodes: readonly NodeProto[], initializers: readonly TensorProto[] = []) =>
  around([...nodes, node('Add', ['x', 'c'], 'y')], [ramp, ...initializers], undefined, 17)

const unary = [
  'Sin',
  'Cos',
  'Atan',
  'Tanh',
  'Sigmoid',
  'Sign',
  'Round',
  'Relu',
  'Exp',
  'Abs',
  'Floor',
  'Ceil',
]

describe('what a file works out from constants', () => {
  test.each(unary)('%s', async (op) => {
    const { difference } = await compareOnnx(added([node(op, ['ramp'], 'c')]))
    expect(difference).toBeLessThan(1e-4)
  })

  test.each([
    [0, 0, 0],
    [1, 1, 0],
    [0, 0, 1],
    [-1, 1, 1],
  ])('CumSum along axis %i, exclusive %i, reverse %i', async (axis, exclusive, reverse) => {
    const nodes = [node('CumSum', ['ramp', 'axis'], 'c', { exclusive, reverse })]
    const { difference } = await compareOnnx(added(nodes, [integers('axis', [axis], [])]))
    expect(difference).toBeLessThan(1e-4)
  })

  test.each([0, 1])('Trilu, upper %i', async (upper) => {
    const nodes = [node('Trilu', ['ramp', 'k'], 'c', { upper })]
    const { difference } = await compareOnnx(added(nodes, [integers('k', [1], [])]))
    expect(difference).toBeLessThan(1e-4)
  })

  test('sines and cosines of positions, as encodings are written', async () => {
    const { difference } = await compareOnnx(
      added(
        [
          node('Range', ['zero', 'nine', 'one'], 'places'),
          node('Pow', ['base', 'exponents'], 'scale'),
          node('Unsqueeze', ['places', 'last'], 'column'),
          node('Div', ['column', 'scale'], 'phase'),
          node('Sin', ['phase'], 'sine'),
          node('Cos', ['phase'], 'cosine'),
          node('Concat', ['sine', 'cosine'], 'both', { axis: 1 }),
          node('Slice', ['both', 'from', 'to', 'axis'], 'seven'),
          node('Tile', ['seven', 'repeats'], 'tiled'),
          node('Reshape', ['tiled', 'maps'], 'c'),
        ],
        [
          floats('zero', [], [0]),
          floats('nine', [], [9]),
          floats('one', [], [1]),
          floats('base', [], [100]),
          floats('exponents', [4], [0, 0.25, 0.5, 0.75]),
          integers('last', [1]),
          integers('from', [0]),
          integers('to', [7]),
          integers('axis', [1]),
          integers('repeats', [4, 1]),
          integers('maps', [4, 9, 7]),
        ],
      ),
    )
    expect(difference).toBeLessThan(1e-4)
  })

  test('a table from a small network over coordinates, as Swin v2 has it', async () => {
    const nodes = [
      node('MatMul', ['coordinates', 'first'], 'hidden'),
      node('Relu', ['hidden'], 'open'),
      node('MatMul', ['open', 'second'], 'table'),
      node('Sigmoid', ['table'], 'gates'),
      node('Gather', ['gates', 'index'], 'picked', { axis: 0 }),
      node('Transpose', ['picked'], 'c', { perm: [1, 0, 2] }),
    ]
    const index = integers('index', [0, 2, 4, 1, 3, 0, 2, 4, 1])
    const { difference } = await compareOnnx(
      added(nodes, [
        floats('coordinates', [5, 4, 2]),
        floats('first', [2, 6]),
        floats('second', [6, 7]),
        index,
      ]),
    )
    expect(difference).toBeLessThan(1e-4)
  })

  test('windows of a table by index, and a mask that is filled in', async () => {
    const nodes = [
      node('GatherND', ['ramp', 'rows'], 'picked'),
      node('ScatterND', ['picked', 'at', 'fill'], 'filled'),
      node('Reshape', ['filled', 'maps'], 'c'),
    ]
    const { difference } = await compareOnnx(
      added(nodes, [
        integers('rows', [8, 7, 6, 5, -5, 3, 2, 1, 0], [9, 1]),
        integers('at', [0, 3, 8, 6], [2, 2]),
        floats('fill', [2], [-3, 4]),
        integers('maps', [1, 9, 7]),
      ]),
    )
    expect(difference).toBeLessThan(1e-4)
  })

  test('weight standardisation: batch norm in training form of a kernel is folded, of an image it is refused', async () => {
    const statistics = [floats('one', [4], [1, 1, 1, 1]), floats('zero', [4], [0, 0, 0, 0])]
    // As torch writes it, with the statistics of the kernel itself; runtimes differ on which ones they take.
    const standardised = (value: string) => [
      node('ReduceMean', [value], 'mean', { axes: [0, 2], keepdims: 0 }),
      node('ReduceMean', [value], 'middle', { axes: [0, 2], keepdims: 1 }),
      node('Sub', [value, 'middle'], 'centred'),
      node('Mul', ['centred', 'centred'], 'squares'),
      node('ReduceMean', ['squares'], 'variance', { axes: [0, 2], keepdims: 0 }),
      node('BatchNormalization', [value, 'one', 'zero', 'mean', 'variance'], ['normal', 'm', 'v'], {
        training_mode: 1,
      }),
    ]
    const folded = around(
      [
        ...standardised('kernel'),
        node('Reshape', ['normal', 'shape'], 'standard'),
        node('Conv', ['x', 'standard'], 'y', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      ],
      [floats('kernel', [1, 4, 36]), integers('shape', [4, 4, 3, 3]), ...statistics],
    )
    const { imported, difference } = await compareOnnx(folded)
    expect(difference).toBeLessThan(1e-4)
    const kernel = imported.model.layers
      .flatMap(({ parameters }) => parameters)
      .find(({ shape }) => shape[1] === 4)
    expect(kernel).toMatchObject({ role: 'kernel', shape: [4, 4, 3, 3] })

    const trained = around([...standardised('x'), node('Relu', ['normal'], 'y')], statistics)
    await expect(importOnnx(encodeModel(onnxModel(trained)))).rejects.toThrow(/training mode/)
  })
})

test.each([
  [2, [4, -1], 36],
  [3, [2, 2, -1], 126],
])('group norm as exporters write it, over %i axes', async (_, sizes) => {
  const groups = sizes[0] as number
  const parts = around(
    [
      node('Reshape', ['x', 'grouped'], 'groups'),
      node('InstanceNormalization', ['groups', 'ones', 'zeros'], 'normal', { epsilon: { float: 1e-5 } }),
      node('Reshape', ['normal', 'image.shape'], 'back'),
      node('Mul', ['back', 'gain'], 'scaled'),
      node('Add', ['scaled', 'shift'], 'y'),
    ],
    [
      integers('grouped', [0, ...sizes]),
      floats(
        'ones',
        [groups],
        Array.from({ length: groups }, () => 1),
      ),
      floats(
        'zeros',
        [groups],
        Array.from({ length: groups }, () => 0),
      ),
      integers('image.shape', [0, 4, 9, 7]),
      floats('gain', [4, 1, 1]),
      floats('shift', [4, 1, 1]),
    ],
  )
  const { difference } = await compareOnnx(parts)
  expect(difference).toBeLessThan(1e-4)
})

test('the gradient of a norm is finite at a zero vector, as torch has it', async () => {
  // A ReLU that closes every channel at some places makes zero vectors there.
  const parts = around(
    [
      node('Relu', ['x'], 'open'),
      node('ReduceL2', ['open'], 'norm', { axes: [1], keepdims: 1 }),
      node('Clip', ['norm', 'least'], 'length'),
      node('Div', ['open', 'length'], 'y'),
    ],
    [floats('least', [], [1e-12])],
  )
  const { imported, difference } = await compareOnnx(parts)
  expect(difference).toBeLessThan(1e-4)
  const dark = tensor(new Float32Array(189).fill(-100), [1, 3, 9, 7])
  const images = imagesFor(parts)
  for (const image of [dark, images])
    expect(Array.from(await gradientOf(imported, image, 0)).every(Number.isFinite)).toBe(true)
})

test('a global pool of tokens is a mean over them', async () => {
  const parts = around(
    [
      node('Reshape', ['x', 'tokens.shape'], 'tokens'),
      node('GlobalAveragePool', ['tokens'], 'mean'),
      node('GlobalMaxPool', ['tokens'], 'largest'),
      node('Sub', ['largest', 'mean'], 'y'),
    ],
    [integers('tokens.shape', [0, 4, 63])],
    4,
  )
  const { difference } = await compareOnnx(parts)
  expect(difference).toBeLessThan(1e-4)
})

test('a guard against scores that are no numbers changes nothing', async () => {
  const parts = around(
    [
      node('Softmax', ['x'], 'soft', { axis: -1 }),
      node('IsNaN', ['soft'], 'broken'),
      node('Where', ['broken', 'zero', 'soft'], 'y'),
    ],
    [floats('zero', [], [0])],
  )
  const { difference } = await compareOnnx(parts)
  expect(difference).toBeLessThan(1e-5)
})
