import { dataTypes } from '@saliency/onnx-proto'
import { expect, test } from 'vitest'
import { around, single } from './onnx-around.ts'
import { compareOnnx, floats, integers, node, type OnnxParts } from './onnx-model.ts'

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
  'Sin',
  'Cos',
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
  'Celu alpha': single('Celu', { alpha: { float: 0.4 } }),
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
  'CastLike of a number, of a signal, and of a mask': around(
    [
      node('CastLike', ['two', 'x'], 't'),
      node('Mul', ['x', 't'], 'm'),
      node('Greater', ['m', 't'], 'g'),
      node('CastLike', ['g', 'm'], 'f'),
      node('CastLike', ['m', 'f'], 'c'),
      node('Add', ['c', 'f'], 'y'),
    ],
    [integers('two', [2], [])],
  ),
  'Hardshrink: truth values as truth values': around(
    [
      node('Greater', ['x', 'half'], 'g'),
      node('Less', ['x', 'minus'], 'l'),
      node('Cast', ['g'], 'gb', { to: dataTypes.bool }),
      node('CastLike', ['l', 'gb'], 'lb'),
      node('Or', ['gb', 'lb'], 'open'),
      node('Where', ['open', 'x', 'zero'], 'y'),
    ],
    [floats('half', [], [0.5]), floats('minus', [], [-0.5]), floats('zero', [], [0])],
  ),
  'what is not 0, as a mask': around(
    [
      node('Relu', ['x'], 'r'),
      node('Cast', ['r'], 'open', { to: dataTypes.bool }),
      node('CastLike', ['r', 'open'], 'too'),
      node('And', ['open', 'too'], 'both'),
      node('Where', ['both', 'x', 'one'], 'y'),
    ],
    [floats('one', [], [1])],
  ),
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
})

test.each(Object.entries(cases))('%s gives what ONNX Runtime gives', async (_, parts) => {
  const { difference } = await compareOnnx(parts)
  expect(difference).toBeLessThan(1e-4)
})
