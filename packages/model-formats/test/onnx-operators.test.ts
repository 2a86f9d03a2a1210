import { dataTypes, type NodeProto, type TensorProto } from '@saliency/onnx-proto'
import { expect, test } from 'vitest'
import { compareOnnx, floats, integers, node, positives, type OnnxParts } from './onnx-model.ts'

const size = 4 * 9 * 7

/** A convolution to four channels in front of `nodes`, which read `x` and end in `y`, and a dense layer behind them. */
function around(
  nodes: readonly NodeProto[],
  initializers: readonly TensorProto[] = [],
  features = size,
  opset = 17,
): OnnxParts {
  return {
    opset,
    nodes: [
      node('Conv', ['image', 'stem.weight', 'stem.bias'], 'x', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
      ...nodes,
      node('Flatten', ['y'], 'flat'),
      node('Gemm', ['flat', 'head.weight', 'head.bias'], 'scores', { transB: 1 }),
    ],
    initializers: [
      floats('stem.weight', [4, 3, 3, 3]),
      floats('stem.bias', [4]),
      floats('head.weight', [3, features]),
      floats('head.bias', [3]),
      ...initializers,
    ],
  }
}

/** One operator from `x` to `y`. */
const single = (op: string, attributes: Parameters<typeof node>[3] = {}, opset = 17) =>
  around([node(op, ['x'], 'y', attributes)], [], size, opset)

const cases: Record<string, OnnxParts> = {}
for (const op of [
  'Relu',
  'LeakyRelu',
  'Elu',
  'Selu',
  'Celu',
  'ThresholdedRelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'Softplus',
  'Softsign',
  'Erf',
  'Exp',
  'Neg',
  'Abs',
  'Sign',
  'Identity',
  'Dropout',
]) {
  cases[op] = single(op)
}
Object.assign(cases, {
  'LeakyRelu alpha': single('LeakyRelu', { alpha: { float: 0.3 } }),
  'HardSigmoid alpha beta': single('HardSigmoid', { alpha: { float: 0.3 }, beta: { float: 0.4 } }),
  'Mish, opset 18': single('Mish', {}, 18),
  'Gelu, opset 20': single('Gelu', {}, 20),
  'Gelu tanh, opset 20': single('Gelu', { approximate: 'tanh' }, 20),
  'Log, Sqrt, Reciprocal': around(
    [
      node('Mul', ['x', 'x'], 'square'),
      node('Add', ['square', 'one'], 'positive'),
      node('Sqrt', ['positive'], 'root'),
      node('Log', ['root'], 'log'),
      node('Add', ['log', 'one'], 'safe'),
      node('Reciprocal', ['safe'], 'y'),
    ],
    [floats('one', [], [1])],
  ),
  'Clip, opset 10': single('Clip', { min: { float: -0.2 }, max: { float: 0.5 } }, 10),
  'Clip, opset 13': around(
    [node('Clip', ['x', 'low', 'high'], 'y')],
    [floats('low', [], [0]), floats('high', [], [6])],
  ),
  'Clip below': around([node('Clip', ['x', 'low'], 'y')], [floats('low', [], [0])]),
  PRelu: around([node('PRelu', ['x', 'slope'], 'y')], [floats('slope', [4, 1, 1])]),
  'Cast of floats': around([node('Cast', ['x'], 'y', { to: dataTypes.float32 })]),
  'Pow and Div by numbers': around(
    [node('Pow', ['x', 'two'], 'p'), node('Div', ['p', 'three'], 'y')],
    [floats('two', [], [2]), floats('three', [], [3])],
  ),
  'Max, Min, Sum, Mean': around(
    [
      node('Neg', ['x'], 'm'),
      node('Max', ['x', 'm', 'half'], 'a'),
      node('Min', ['x', 'half'], 'b'),
      node('Sum', ['a', 'b', 'x'], 'c'),
      node('Mean', ['c', 'x'], 'y'),
    ],
    [floats('half', [], [0.5])],
  ),
  'Where, Greater, Not': around(
    [node('Greater', ['x', 'zero'], 'g'), node('Not', ['g'], 'n'), node('Where', ['n', 'x', 'zero'], 'y')],
    [floats('zero', [], [0])],
  ),
  'Conv, groups, strides, dilations': around(
    [
      node('Conv', ['x', 'w'], 'y', {
        kernel_shape: [3, 2],
        group: 2,
        strides: [2, 1],
        dilations: [1, 2],
        pads: [1, 0, 2, 1],
      }),
    ],
    [floats('w', [6, 2, 3, 2])],
    6 * 5 * 6,
  ),
  'Conv SAME_UPPER': around(
    [node('Conv', ['x', 'w'], 'y', { kernel_shape: [4, 4], strides: [2, 2], auto_pad: 'SAME_UPPER' })],
    [floats('w', [2, 4, 4, 4])],
    2 * 5 * 4,
  ),
  'Conv SAME_LOWER': around(
    [node('Conv', ['x', 'w'], 'y', { kernel_shape: [4, 4], strides: [2, 2], auto_pad: 'SAME_LOWER' })],
    [floats('w', [2, 4, 4, 4])],
    2 * 5 * 4,
  ),
  'Conv VALID': around(
    [node('Conv', ['x', 'w'], 'y', { kernel_shape: [2, 2], auto_pad: 'VALID' })],
    [floats('w', [2, 4, 2, 2])],
    2 * 8 * 6,
  ),
  'Conv with its bias behind it': around(
    [node('Conv', ['x', 'w'], 'c', { kernel_shape: [1, 1] }), node('Add', ['c', 'b'], 'y')],
    [floats('w', [4, 4, 1, 1]), floats('b', [1, 4, 1, 1])],
  ),
  ConvTranspose: around(
    [
      node('ConvTranspose', ['x', 'w', 'b'], 'y', {
        kernel_shape: [3, 3],
        strides: [2, 2],
        pads: [1, 1, 1, 1],
        output_padding: [1, 1],
        group: 2,
      }),
    ],
    [floats('w', [4, 3, 3, 3]), floats('b', [6])],
    6 * 18 * 14,
  ),
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
})

test.each(Object.entries(cases))('%s gives what ONNX Runtime gives', async (_, parts) => {
  const { difference } = await compareOnnx(parts)
  expect(difference).toBeLessThan(1e-4)
})
