import { expect, test } from 'vitest'
import { around, single, size } from './onnx-around.ts'
import { compareOnnx, floats, integers, node, positives, type OnnxParts } from './onnx-model.ts'

const cases: Record<string, OnnxParts> = {
  'MaxPool, ceil': around(
    [
      node('MaxPool', ['x'], 'y', {
        kernel_shape: [3, 3],
        strides: [2, 2],
        ceil_mode: 1,
        pads: [1, 1, 0, 0],
      }),
    ],
    [],
    4 * 5 * 4,
  ),
  'MaxPool, dilated': around(
    [node('MaxPool', ['x'], 'y', { kernel_shape: [2, 2], dilations: [2, 2] })],
    [],
    4 * 7 * 5,
  ),
  'AveragePool, pads excluded': around(
    [node('AveragePool', ['x'], 'y', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })],
    [],
    4 * 5 * 4,
  ),
  'AveragePool, pads included': around(
    [
      node('AveragePool', ['x'], 'y', {
        kernel_shape: [3, 3],
        strides: [2, 2],
        pads: [1, 1, 1, 1],
        count_include_pad: 1,
      }),
    ],
    [],
    4 * 5 * 4,
  ),
  'AveragePool, SAME': around(
    [node('AveragePool', ['x'], 'y', { kernel_shape: [2, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' })],
    [],
    4 * 5 * 4,
  ),
  'Col2Im, overlapping and padded': around(
    [
      node('Reshape', ['x', 'blocks'], 'b'),
      node('Col2Im', ['b', 'size', 'block'], 'y', { pads: [1, 0, 1, 0], strides: [2, 1] }),
    ],
    // x has 4 · 63 numbers: 12 a block of 2 × 3, in two channels, and 21 blocks in 3 rows and 7 columns.
    [integers('blocks', [0, 12, 21]), integers('size', [5, 9]), integers('block', [2, 3])],
    2 * 5 * 9,
    18,
  ),
  'Col2Im, dilated': around(
    [
      node('Reshape', ['x', 'blocks'], 'b'),
      node('Col2Im', ['b', 'size', 'block'], 'y', { dilations: [2, 3], strides: [3, 4] }),
    ],
    // 4 numbers a block in 9 channels, and 7 blocks in a row.
    [integers('blocks', [0, 36, 7]), integers('size', [5, 30]), integers('block', [2, 2])],
    9 * 5 * 30,
    18,
  ),
  GlobalAveragePool: around([node('GlobalAveragePool', ['x'], 'y')], [], 4),
  GlobalMaxPool: around([node('GlobalMaxPool', ['x'], 'y')], [], 4),
  'ReduceMean over an image': around([node('ReduceMean', ['x'], 'y', { axes: [2, 3], keepdims: 0 })], [], 4),
  'ReduceMean, axes as an input': around(
    [node('ReduceMean', ['x', 'axes'], 'y', { keepdims: 1 })],
    [integers('axes', [-2, -1])],
    4,
    18,
  ),
  'ReduceMean over channels': around([node('ReduceMean', ['x'], 'y', { axes: [1] })], [], 63),
  'ReduceSum, opset 13': around([node('ReduceSum', ['x', 'axes'], 'y')], [integers('axes', [1])], 63),
  'ReduceSum, opset 11': around([node('ReduceSum', ['x'], 'y', { axes: [3] })], [], 36, 11),
  'ReduceMax, ReduceMin': around(
    [
      node('ReduceMax', ['x'], 'a', { axes: [2] }),
      node('ReduceMin', ['x'], 'b', { axes: [2] }),
      node('Concat', ['a', 'b'], 'y', { axis: 1 }),
    ],
    [],
    56,
  ),
  'ReduceL2, ReduceSumSquare': around(
    [
      node('ReduceL2', ['x'], 'a', { axes: [2] }),
      node('ReduceSumSquare', ['x'], 'b', { axes: [2] }),
      node('Concat', ['a', 'b'], 'y', { axis: -3 }),
    ],
    [],
    56,
  ),
  BatchNormalization: around(
    [node('BatchNormalization', ['x', 's', 'o', 'm', 'v'], 'y', { epsilon: { float: 0.1 } })],
    [positives('s', [4]), floats('o', [4]), floats('m', [4]), positives('v', [4])],
  ),
  InstanceNormalization: around(
    [node('InstanceNormalization', ['x', 's', 'o'], 'y', { epsilon: { float: 0.1 } })],
    [floats('s', [4]), floats('o', [4])],
  ),
  LayerNormalization: around(
    [node('LayerNormalization', ['x', 's', 'o'], 'y', { axis: 2, epsilon: { float: 0.1 } })],
    [floats('s', [9, 7]), floats('o', [9, 7])],
  ),
  'GroupNormalization, opset 21': around(
    [node('GroupNormalization', ['x', 's', 'o'], 'y', { num_groups: 2, epsilon: { float: 0.1 } })],
    [floats('s', [4]), floats('o', [4])],
    size,
    21,
  ),
  LRN: around([
    node('LRN', ['x'], 'y', { size: 3, alpha: { float: 0.3 }, beta: { float: 0.6 }, bias: { float: 2 } }),
  ]),
  'Softmax, opset 13': single('Softmax', { axis: 1 }, 13),
  'Softmax, opset 11, over the rest': single('Softmax', { axis: 1 }, 11),
  'Softmax, opset 13, over the last axis by default': single('Softmax', {}, 13),
  'Softmax, opset 11, over all but the batch by default': single('Softmax', {}, 11),
  LogSoftmax: single('LogSoftmax', { axis: -1 }),
  Transpose: around([node('Transpose', ['x'], 'y', { perm: [0, 2, 3, 1] })]),
  'Transposes that undo each other': around([
    node('Transpose', ['x'], 't', { perm: [0, 2, 3, 1] }),
    node('Transpose', ['t'], 'y', { perm: [0, 3, 1, 2] }),
  ]),
  'Squeeze and Unsqueeze, opset 11': around(
    [
      node('GlobalAveragePool', ['x'], 'p'),
      node('Squeeze', ['p'], 's', { axes: [2, 3] }),
      node('Unsqueeze', ['s'], 'y', { axes: [2] }),
    ],
    [],
    4,
    11,
  ),
  'Squeeze and Unsqueeze, opset 13': around(
    [
      node('GlobalAveragePool', ['x'], 'p'),
      node('Squeeze', ['p', 'axes'], 's'),
      node('Unsqueeze', ['s', 'two'], 'y'),
    ],
    [integers('axes', [2, 3]), integers('two', [2])],
    4,
  ),
  'Slice, opset 9': around(
    [node('Slice', ['x'], 'y', { axes: [2, 3], starts: [1, -3], ends: [2147483647, -1] })],
    [],
    4 * 8 * 2,
    9,
  ),
  'Slice with steps and the batch kept': around(
    [node('Slice', ['x', 'starts', 'ends', 'axes', 'steps'], 'y')],
    [
      integers('starts', [0, 1, -1]),
      integers('ends', [2 ** 53, 100, -100]),
      integers('axes', [0, 2, 3]),
      integers('steps', [1, 2, -1]),
    ],
    4 * 4 * 7,
  ),
  'Split, equal': around(
    [node('Split', ['x'], ['a', 'b'], { axis: 1 }), node('Sub', ['a', 'b'], 'y')],
    [],
    2 * 63,
  ),
  'Split, given': around(
    [node('Split', ['x', 'parts'], ['a', 'b'], { axis: 1 }), node('Mul', ['a', 'b'], 'y')],
    [integers('parts', [3, 1])],
    3 * 63,
  ),
  'Gather of channels': around(
    [node('Gather', ['x', 'order'], 'y', { axis: 1 })],
    [integers('order', [3, -3, 0])],
    3 * 63,
  ),
  'Gather of one channel': around(
    [node('Gather', ['x', 'one'], 'y', { axis: 1 })],
    [integers('one', [1], [])],
    63,
  ),
  'Pad, opset 9': around(
    [node('Pad', ['x'], 'y', { pads: [0, 1, 2, 0, 0, 0, 1, 3], value: { float: 0.5 } })],
    [],
    5 * 12 * 10,
    9,
  ),
  'Pad, reflect': around(
    [node('Pad', ['x', 'pads'], 'y', { mode: 'reflect' })],
    [integers('pads', [0, 0, 1, 2, 0, 0, 2, 1])],
    4 * 12 * 10,
  ),
  'Pad, edge, axes': around(
    [node('Pad', ['x', 'pads', '', 'axes'], 'y', { mode: 'edge' })],
    [integers('pads', [1, 2, 2, 1]), integers('axes', [2, 3])],
    4 * 12 * 10,
    18,
  ),
  'Pad, constant, axes from the end': around(
    [node('Pad', ['x', 'pads', 'value', 'axes'], 'y')],
    [floats('value', [], [0.7]), integers('pads', [1, 2, 2, 1]), integers('axes', [-1, -2])],
    4 * 12 * 10,
    18,
  ),
  'Resize, nearest by factors': around(
    [
      node('Resize', ['x', '', 'factors'], 'y', {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      }),
    ],
    [floats('factors', [4], [1, 1, 2, 2])],
    4 * size,
  ),
  'Resize, nearest as PyTorch 2 exports it': around(
    [node('Resize', ['x', '', 'factors'], 'y', { mode: 'nearest' })],
    [floats('factors', [4], [1, 1, 2, 3])],
    6 * size,
  ),
  'Resize, linear to sizes': around(
    [
      node('Resize', ['x', '', '', 'sizes'], 'y', {
        mode: 'linear',
        coordinate_transformation_mode: 'half_pixel',
      }),
    ],
    [integers('sizes', [2, 4, 5, 11])],
    4 * 55,
  ),
  'Resize, linear, align corners': around(
    [
      node('Resize', ['x', '', 'factors'], 'y', {
        mode: 'linear',
        coordinate_transformation_mode: 'align_corners',
      }),
    ],
    [floats('factors', [4], [1, 1, 2, 2])],
    4 * size,
  ),
  'Resize, opset 10': around(
    [node('Resize', ['x', 'factors'], 'y', { mode: 'linear' })],
    [floats('factors', [4], [1, 1, 2, 2])],
    4 * size,
    10,
  ),
  'Upsample, opset 9': around(
    [node('Upsample', ['x', 'factors'], 'y', { mode: 'nearest' })],
    [floats('factors', [4], [1, 1, 2, 2])],
    4 * size,
    9,
  ),
  'DepthToSpace DCR': around([node('DepthToSpace', ['x'], 'y', { blocksize: 2 })]),
  'DepthToSpace CRD': around([node('DepthToSpace', ['x'], 'y', { blocksize: 2, mode: 'CRD' })]),
  SpaceToDepth: around(
    [node('Pad', ['x', 'pads'], 'p'), node('SpaceToDepth', ['p'], 'y', { blocksize: 2 })],
    [integers('pads', [0, 0, 0, 0, 0, 0, 1, 1])],
    4 * 80,
  ),
  'MatMul and Add behind Flatten': around(
    [node('Flatten', ['x'], 'f'), node('MatMul', ['f', 'w'], 'm'), node('Add', ['m', 'b'], 'y')],
    [floats('w', [size, 5]), floats('b', [5])],
    5,
  ),
  'Gemm with alpha and beta': around(
    [
      node('Flatten', ['x'], 'f'),
      node('Gemm', ['f', 'w', 'b'], 'y', { alpha: { float: 0.5 }, beta: { float: 2 } }),
    ],
    [floats('w', [size, 5]), floats('b', [1, 5])],
    5,
  ),
  'MatMul of three axes with a bias': around(
    [node('Reshape', ['x', 'shape'], 't'), node('MatMul', ['t', 'w'], 'm'), node('Add', ['b', 'm'], 'y')],
    [integers('shape', [0, 4, 63]), floats('w', [63, 5]), floats('b', [5])],
    20,
  ),
  'MatMul of two values': around(
    [node('Transpose', ['x'], 't', { perm: [0, 1, 3, 2] }), node('MatMul', ['x', 't'], 'y')],
    [],
    4 * 81,
  ),
}

test.each(Object.entries(cases))('%s gives what ONNX Runtime gives', async (_, parts) => {
  const { difference } = await compareOnnx(parts)
  expect(difference).toBeLessThan(1e-4)
})

test('parts of a Split that does not divide its axis end where the axis ends', async () => {
  const split = node('Split', ['x'], ['one', 'two', 'three'], { axis: 3, num_outputs: 3 })
  const reordered = node('Concat', ['two', 'three', 'one'], 'y', { axis: 3 })
  const { imported, difference } = await compareOnnx(around([split, reordered], [], size, 18))
  expect(difference).toBeLessThan(1e-4)
  const ranges = imported.model.layer('one').nodes.map(({ attributes }) => attributes)
  expect(ranges).toMatchObject([
    { starts: [0], ends: [3] },
    { starts: [3], ends: [6] },
    { starts: [6], ends: [7] },
  ])
})
