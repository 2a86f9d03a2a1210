import { expect, test } from 'vitest'
import { around, stem, stemWeights, window } from './graph-around.ts'
import { compareGraph, graphModel, operation, weight, whole } from './graph-model.ts'

const cases: Record<string, ReturnType<typeof graphModel>> = {}
for (const op of [
  'Relu',
  'Relu6',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Erf',
  'Sin',
  'Cos',
  'Exp',
  'Square',
  'Neg',
  'Abs',
  'Identity',
]) {
  cases[op] = around([operation(op, 'y', ['x'])])
}
Object.assign(cases, {
  LeakyRelu: around([operation('LeakyRelu', 'y', ['x'], { alpha: { float: 0.3 } })]),
  Prelu: around([operation('Prelu', 'y', ['x', 'slope'])], [weight('slope', [1, 1, 4])]),
  'Softmax over channels': around([operation('Softmax', 'y', ['x'])]),
  'Conv2D, strides, valid': around(
    [operation('Conv2D', 'y', ['x', 'k'], { ...window, padding: 'VALID', strides: [1, 2, 2, 1] })],
    [weight('k', [3, 3, 4, 5])],
    5 * 4 * 3,
  ),
  'Conv2D, dilated': around(
    [operation('Conv2D', 'y', ['x', 'k'], { ...window, dilations: [1, 2, 2, 1] })],
    [weight('k', [3, 3, 4, 4])],
  ),
  'Conv2D, explicit pads': around(
    [
      operation('Conv2D', 'y', ['x', 'k'], {
        ...window,
        padding: 'EXPLICIT',
        explicit_paddings: [0, 0, 1, 0, 0, 1, 0, 0],
      }),
    ],
    [weight('k', [2, 2, 4, 4])],
  ),
  'fused bias and ReLU': around(
    [
      operation('_FusedConv2D', 'y', ['x', 'k', 'b'], {
        ...window,
        fused_ops: ['BiasAdd', 'Relu'],
        num_args: 1,
      }),
    ],
    [weight('k', [3, 3, 4, 4]), weight('b', [4])],
  ),
  'fused depthwise with ReLU6': around(
    [
      operation('FusedDepthwiseConv2dNative', 'y', ['x', 'k', 'b'], {
        ...window,
        fused_ops: ['BiasAdd', 'Relu6'],
        num_args: 1,
      }),
    ],
    [weight('k', [3, 3, 4, 1]), weight('b', [4])],
  ),
  'fused bias of four axes': around(
    [operation('_FusedConv2D', 'y', ['x', 'k', 'b'], { ...window, fused_ops: ['BiasAdd'], num_args: 1 })],
    [weight('k', [3, 3, 4, 4]), weight('b', [1, 1, 1, 4])],
  ),
  'fused depthwise with a bias of four axes': around(
    [
      operation('FusedDepthwiseConv2dNative', 'y', ['x', 'k', 'b'], {
        ...window,
        fused_ops: ['BiasAdd', 'Relu'],
        num_args: 1,
      }),
    ],
    [weight('k', [3, 3, 4, 1]), weight('b', [1, 1, 1, 4])],
  ),
  depthwise: around(
    [operation('DepthwiseConv2dNative', 'y', ['x', 'k'], { ...window, strides: [1, 2, 2, 1] })],
    [weight('k', [3, 3, 4, 2])],
    8 * 5 * 4,
  ),
  'batch norm': around(
    [
      operation('FusedBatchNormV3', 'y', ['x', 'positive/g', 'b', 'm', 'positive/v'], {
        epsilon: { float: 0.2 },
        is_training: false,
        data_format: 'NHWC',
      }),
    ],
    [weight('positive/g', [4]), weight('b', [4]), weight('m', [4]), weight('positive/v', [4])],
  ),
  'batch norm, an epsilon that the file leaves out': around(
    [
      operation('FusedBatchNormV3', 'y', ['x', 'positive/g', 'b', 'm', 'v'], {
        is_training: false,
        data_format: 'NHWC',
      }),
    ],
    [
      weight('positive/g', [4]),
      weight('b', [4]),
      weight('m', [4]),
      { name: 'v', shape: [4], dtype: 'float32', values: [0.02, 0.03, 0.04, 0.05] },
    ],
  ),
  'batch norm as arithmetic': around(
    [operation('Mul', 'm', ['x', 'g']), operation('AddV2', 'y', ['m', 'b'])],
    [weight('g', [4]), weight('b', [1, 1, 1, 4])],
  ),
  MaxPool: around(
    [operation('MaxPool', 'y', ['x'], { ...window, ksize: [1, 3, 3, 1], strides: [1, 2, 2, 1] })],
    [],
    80,
  ),
  AvgPool: around(
    [operation('AvgPool', 'y', ['x'], { ...window, ksize: [1, 3, 3, 1], strides: [1, 2, 2, 1] })],
    [],
    80,
  ),
  'Mean over the image': around(
    [operation('Mean', 'y', ['x', 'axes'], { keep_dims: false })],
    [whole('axes', [1, 2])],
    4,
  ),
  'Mean, axes kept, times the image': around(
    [
      operation('Mean', 'm', ['x', 'axes'], { keep_dims: true }),
      operation('Sigmoid', 's', ['m']),
      operation('Mul', 'y', ['x', 's']),
    ],
    [whole('axes', [1, 2])],
  ),
  'Max over channels': around(
    [operation('Max', 'y', ['x', 'axes'], { keep_dims: true })],
    [whole('axes', [3])],
    63,
  ),
  'Sum, Maximum, Minimum, Sub, RealDiv': around(
    [
      operation('Neg', 'n', ['x']),
      operation('Maximum', 'a', ['x', 'n']),
      operation('Minimum', 'b', ['x', 'n']),
      operation('Sub', 'c', ['a', 'b']),
      operation('SquaredDifference', 'd', ['c', 'x']),
      operation('AddN', 'e', ['d', 'a', 'b'], { N: 3 }),
      operation('RealDiv', 'y', ['e', 'two']),
    ],
    [{ name: 'two', shape: [], dtype: 'float32', values: [2] }],
  ),
  Pad: around(
    [operation('Pad', 'y', ['x', 'pads'])],
    [whole('pads', [0, 0, 1, 2, 0, 1, 0, 0], [4, 2])],
    4 * 12 * 8,
  ),
  MirrorPad: around(
    [operation('MirrorPad', 'y', ['x', 'pads'], { mode: 'REFLECT' })],
    [whole('pads', [0, 0, 1, 2, 0, 1, 0, 0], [4, 2])],
    4 * 12 * 8,
  ),
  Transpose: around([operation('Transpose', 'y', ['x', 'perm'])], [whole('perm', [0, 2, 1, 3])]),
  'Reshape of an image': around(
    [operation('Reshape', 'y', ['x', 'shape'])],
    [whole('shape', [-1, 21, 3, 4])],
  ),
  'Squeeze and ExpandDims': around(
    [
      operation('Mean', 'm', ['x', 'axes'], { keep_dims: true }),
      operation('Squeeze', 's', ['m'], { squeeze_dims: [1, 2] }),
      operation('ExpandDims', 'y', ['s', 'one']),
    ],
    [whole('axes', [1, 2]), whole('one', [1], [])],
    4,
  ),
  ConcatV2: around(
    [operation('Neg', 'n', ['x']), operation('ConcatV2', 'y', ['x', 'n', 'axis'], { N: 2 })],
    [whole('axis', [-1], [])],
    504,
  ),
  Split: around(
    [operation('Split', 's', ['axis', 'x'], { num_split: 2 }), operation('Mul', 'y', ['s', 's:1'])],
    [whole('axis', [3], [])],
    126,
  ),
  StridedSlice: around(
    [operation('StridedSlice', 'y', ['x', 'begin', 'end', 'steps'], { begin_mask: 1, end_mask: 3 })],
    [whole('begin', [0, 1, -3]), whole('end', [0, 0, -1]), whole('steps', [1, 2, 1])],
    4 * 4 * 2,
  ),
  Slice: around(
    [operation('Slice', 'y', ['x', 'begin', 'size'])],
    [whole('begin', [0, 1, 2, 0]), whole('size', [-1, 3, -1, 2])],
    3 * 5 * 2,
  ),
  ResizeBilinear: around(
    [operation('ResizeBilinear', 'y', ['x', 'size'], { align_corners: false, half_pixel_centers: true })],
    [whole('size', [5, 11])],
    220,
  ),
  'ResizeBilinear, aligned': around(
    [operation('ResizeBilinear', 'y', ['x', 'size'], { align_corners: true, half_pixel_centers: false })],
    [whole('size', [5, 11])],
    220,
  ),
  ResizeNearestNeighbor: around(
    [
      operation('ResizeNearestNeighbor', 'y', ['x', 'size'], {
        align_corners: false,
        half_pixel_centers: false,
      }),
    ],
    [whole('size', [18, 14])],
    1008,
  ),
  'a shape computed from the batch': graphModel(
    [
      ...stem,
      operation('Shape', 'shape', ['x'], { out_type: { type: 'DT_INT32' } }),
      operation('StridedSlice', 'batch', ['shape', 'zero', 'one', 'one'], { shrink_axis_mask: 1 }),
      operation('Pack', 'target', ['batch', 'features'], { N: 2, axis: 0 }),
      operation('Reshape', 'flat', ['x', 'target']),
      operation('_FusedMatMul', 'scores', ['flat', 'head/kernel', 'head/bias'], {
        fused_ops: ['BiasAdd'],
        num_args: 1,
      }),
    ],
    [
      ...stemWeights,
      whole('zero', [0]),
      whole('one', [1]),
      whole('features', [252], []),
      weight('head/kernel', [252, 3]),
      weight('head/bias', [3]),
    ],
  ),
})

test.each(Object.entries(cases))('%s gives what TensorFlow.js gives', async (_, model) => {
  expect((await compareGraph(model)).difference).toBeLessThan(1e-4)
})
