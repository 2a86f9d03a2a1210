import { encodeModel } from '@saliency/onnx-proto'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { around, single, size } from './onnx-around.ts'
import {
  compareOnnx,
  floats,
  imagesFor,
  integers,
  node,
  onnxModel,
  positives,
  type OnnxParts,
} from './onnx-model.ts'
import { gradientOf, logitsOf } from './reference.ts'

/** `x` as tokens `[n, 9, 4 · 7]`, or heads `[n, 4, 9, 7]` as it is. */
const tokens = [
  node('Transpose', ['x'], 'moved', { perm: [0, 2, 1, 3] }),
  node('Reshape', ['moved', 'tokens'], 't'),
]
const flat = integers('tokens', [0, 9, 28])
const resized = (sizes: readonly number[], attributes: object, opset = 18) =>
  around(
    [node('Resize', ['x', ...(opset < 13 ? ['none', 'none'] : ['', '']), 'sizes'], 'y', { ...attributes })],
    [floats('none', [0]), integers('sizes', [2, 4, ...sizes])],
    4 * (sizes[0] as number) * (sizes[1] as number),
    opset,
  )
const einsum = (equation: string, features: number, ...weights: number[][]) =>
  around(
    [node('Einsum', ['x', ...weights.map((_, index) => `w${index}`)], 'y', { equation })],
    weights.map((dims, index) => floats(`w${index}`, dims)),
    features,
  )

const cases: Record<string, OnnxParts> = {
  'Attention over heads': around([node('Attention', ['x', 'x', 'x'], 'y')], [], size, 23),
  'Attention over tokens, a scale, an added mask': around(
    [
      ...tokens,
      node('Attention', ['t', 't', 't', 'm'], 'y', {
        q_num_heads: 4,
        kv_num_heads: 4,
        scale: { float: 0.3 },
      }),
    ],
    [flat, floats('m', [9, 9])],
    size,
    23,
  ),
  'Attention, causal, with few heads of keys and a softcap': around(
    [
      ...tokens,
      node('Gemm', ['row', 'w'], 'unused'),
      node('MatMul', ['t', 'kw'], 'k'),
      node('Attention', ['t', 'k', 'k'], 'y', {
        q_num_heads: 4,
        kv_num_heads: 2,
        is_causal: 1,
        softcap: { float: 1.5 },
      }),
    ].filter(({ opType }) => opType !== 'Gemm'),
    [flat, floats('kw', [28, 14])],
    size,
    23,
  ),
  RMSNormalization: around(
    [node('RMSNormalization', ['x', 's'], 'y', { axis: -1, epsilon: { float: 0.01 } })],
    [floats('s', [7])],
    size,
    23,
  ),
  'RotaryEmbedding by halves': around(
    [...tokens, node('RotaryEmbedding', ['t', 'c', 's', 'p'], 'y', { num_heads: 2 })],
    [
      flat,
      floats('c', [20, 7]),
      floats('s', [20, 7]),
      integers('p', [...Array(9).keys(), ...Array(9).keys()], [2, 9]),
    ],
    size,
    23,
  ),
  'Swish, opset 24': around([node('Swish', ['x'], 'y', { alpha: { float: 1.3 } })], [], size, 24),
  Shrink: single('Shrink', { lambd: { float: 0.2 }, bias: { float: 0.1 } }),
  'LpNormalization by 2': single('LpNormalization', { axis: 1 }),
  'LpNormalization by 1': single('LpNormalization', { axis: -1, p: 1 }),
  Reductions: around(
    [
      node('ReduceL1', ['x'], 'a', { axes: [3] }),
      node('ReduceLogSumExp', ['x'], 'b', { axes: [3] }),
      node('ReduceProd', ['x'], 'c', { axes: [3] }),
      node('Exp', ['x'], 'e'),
      node('ReduceLogSum', ['e'], 'd', { axes: [3] }),
      node('Concat', ['a', 'b', 'c', 'd'], 'y', { axis: 3 }),
    ],
    [],
    4 * 9 * 4,
  ),
  'CumSum along rows': around([node('CumSum', ['x', 'two'], 'y')], [integers('two', [2], [])]),
  'CumSum along columns, from the end, without its own': around(
    [node('CumSum', ['x', 'last'], 'y', { reverse: 1, exclusive: 1 })],
    [integers('last', [-1], [])],
  ),
  'CumSum along channels': around([node('CumSum', ['x', 'one'], 'y')], [integers('one', [1], [])]),
  'Trilu of a signal': around([node('Trilu', ['x', 'k'], 'y', { upper: 0 })], [integers('k', [1], [])]),
  'Einsum, a dense layer of channels': einsum('nchw,co->nohw', 5 * 63, [4, 5]),
  'Einsum, a weight first': around(
    [node('Einsum', ['w', 'x'], 'y', { equation: 'oc,nchw->nohw' })],
    [floats('w', [5, 4])],
    5 * 63,
  ),
  'Einsum, scores of attention': around(
    [node('Einsum', ['x', 'x'], 'y', { equation: 'nhqd,nhkd->nhqk' })],
    [],
    4 * 81,
  ),
  'Einsum, a product of a position table': einsum('nhqd,qkd->nhqk', 4 * 9 * 5, [9, 5, 7]),
  'Einsum, a sum of one operand': einsum('nchw->nwc', 28),
  'Einsum, element by element': einsum('nchw,c->nchw', size, [4]),
  'Einsum without an arrow': einsum('abcd,de', 4 * 9 * 2, [7, 2]),
  'Einsum, a dense layer behind any axes': einsum('...d,de->...e', 4 * 9 * 2, [7, 2]),
  'Einsum, axes between that broadcast': einsum('b...w,...wk->b...k', 4 * 9 * 5, [4, 1, 7, 5]),
  'Einsum, axes of a weight alone between': einsum('n...,...->n...', size, [4, 1, 7]),
  'Einsum, any axes in front of another order': einsum('...hw->...wh', size),
  'Einsum, any axes without an arrow': einsum('...w,wk', 4 * 9 * 2, [7, 2]),
  'Conv along one axis, as ECA weighs channels': around(
    [
      node('GlobalAveragePool', ['x'], 'means'),
      node('Reshape', ['means', 'row'], 'channels'),
      node('Conv', ['channels', 'k'], 'mixed', { kernel_shape: [3], pads: [1, 1] }),
      node('Sigmoid', ['mixed'], 'gates'),
      node('Reshape', ['gates', 'maps'], 'factors'),
      node('Mul', ['x', 'factors'], 'y'),
    ],
    [integers('row', [0, 1, 4]), integers('maps', [0, 4, 1, 1]), floats('k', [1, 1, 3])],
    size,
  ),
  'Conv along one axis, with strides, dilations, groups and biases': around(
    [
      node('Reshape', ['x', 'tokens'], 't'),
      node('Conv', ['t', 'k', 'b'], 'y', { strides: [2], dilations: [3], pads: [1, 2], group: 2 }),
    ],
    [integers('tokens', [0, 4, 63]), floats('k', [6, 2, 3]), floats('b', [6])],
    6 * 30,
  ),
  ...Object.fromEntries(
    [0, 1, 2].map((alone): [string, OnnxParts] => {
      const of = (value: number, other: number) => [0, 1, 2].map((axis) => (axis === alone ? other : value))
      const sizes = [3, 7, 3].map((dim, axis) => (axis === alone ? dim : dim - 2 + 1))
      return [
        `Conv over three axes, of which the kernel sees one place of axis ${alone}`,
        around(
          [
            node('Reshape', ['x', 'space'], 's'),
            node('Conv', ['s', 'k', 'b'], 'y', { pads: [...of(1, 0), ...of(0, 0)] }),
          ],
          [integers('space', [0, 4, 3, 7, 3]), floats('k', [5, 4, ...of(3, 1)]), floats('b', [5])],
          5 * sizes.reduce((a, b) => a * b, 1),
        ),
      ]
    }),
  ),
  'Einsum, diagonals of products': around(
    [
      node('Einsum', ['x', 'x'], 'products', { equation: 'nhqd,nhkd->nhqk' }),
      node('Einsum', ['products'], 'y', { equation: 'nhqq->nqh' }),
    ],
    [],
    4 * 9,
  ),
  'Einsum, a trace without an arrow': around(
    [
      node('Einsum', ['x', 'x'], 'products', { equation: 'nhqd,nhkd->nhqk' }),
      node('Einsum', ['products'], 'y', { equation: 'bhqq' }),
    ],
    [],
    4,
  ),
  'Einsum, the diagonal of a weight': einsum('nchw,cc->nchw', size, [4, 4]),
  'Einsum, the diagonal of three axes of a weight': einsum('nchw,cdcc->ndhw', 5 * 63, [4, 5, 4, 4]),
  'Einsum of three operands': einsum('nchw,cd,dk->nhwk', 63 * 5, [4, 6], [6, 5]),
  'Einsum of three operands, two of them signals': around(
    [node('Einsum', ['x', 'x', 'w'], 'y', { equation: 'n...d,n...d,de->n...e' })],
    [floats('w', [7, 2])],
    4 * 9 * 2,
  ),
  'Resize, cubic': resized([14, 11], { mode: 'cubic' }),
  'Resize, cubic to smaller, another coefficient': resized([5, 4], {
    mode: 'cubic',
    cubic_coeff_a: { float: -0.5 },
    coordinate_transformation_mode: 'align_corners',
  }),
  'Resize, cubic without the outside': resized([14, 11], { mode: 'cubic', exclude_outside: 1 }),
  'Resize, cubic, opset 11': resized(
    [14, 11],
    { mode: 'cubic', coordinate_transformation_mode: 'asymmetric' },
    11,
  ),
  'Resize, linear, antialiased': resized([4, 3], { mode: 'linear', antialias: 1 }),
  'Resize, cubic, antialiased': resized([4, 3], { mode: 'cubic', antialias: 1 }),
  'Celu, ThresholdedRelu, HardSwish, Mish': around(
    [
      node('Celu', ['x'], 'a', { alpha: { float: 0.7 } }),
      node('ThresholdedRelu', ['a'], 'b', { alpha: { float: 0.1 } }),
      node('HardSwish', ['b'], 'c'),
      node('Mish', ['c'], 'y'),
    ],
    [],
    size,
    18,
  ),
  'GroupNormalization, opset 18': around(
    [node('GroupNormalization', ['x', 's', 'o'], 'y', { num_groups: 2 })],
    [positives('s', [2]), floats('o', [2])],
    size,
    18,
  ),
}

/** Files for one image, which index their batch of 1. */
const ofOne = (parts: OnnxParts): OnnxParts => ({ ...parts, image: [1, 3, 9, 7] })
Object.assign(cases, {
  'GatherND of pixels': ofOne(
    around(
      [node('GatherND', ['x', 'at'], 'picked'), node('Reshape', ['picked', 'back'], 'y')],
      [integers('back', [1, 14]), integers('at', [0, 3, 2, 0, 1, -1], [2, 3])],
      14,
    ),
  ),
  'GatherElements along rows': ofOne(
    around(
      [node('GatherElements', ['x', 'at'], 'y', { axis: 2 })],
      [integers('at', [0, 5, -1, 3, 2, 2, 8, 1], [1, 2, 2, 2])],
      8,
    ),
  ),
  'ScatterND of a row': ofOne(
    around(
      [
        node('ReduceMean', ['x'], 'm', { axes: [2] }),
        node('Reshape', ['m', 'rows'], 'u'),
        node('ScatterND', ['x', 'at', 'u'], 'y'),
      ],
      [integers('rows', [4, 7]), integers('at', [0, 0, 2, 0, 1, 3, 0, 2, 8, 0, 3, 0], [4, 3])],
    ),
  ),
})

describe.each(Object.entries(cases))('%s', (_, parts) => {
  test('gives what ONNX Runtime gives', async () => {
    const { difference } = await compareOnnx(parts)
    expect(difference).toBeLessThan(1e-4)
  })

  test('has the gradient that differences give', async () => {
    const imported = await importOnnx(encodeModel(onnxModel(parts)))
    const { data, shape } = imagesFor(parts)
    const image = {
      data: data.slice(0, 3 * 9 * 7),
      shape: [1, ...shape.slice(1)],
      dtype: 'float32' as const,
    }
    const gradient = await gradientOf(imported, image, 1)
    const step = 2e-3
    // Along the gradient itself and along one pixel of it.
    const length = Math.hypot(...gradient)
    const directions = [gradient.map((item) => item / length), gradient.map((__, at) => (at === 77 ? 1 : 0))]
    for (const direction of directions) {
      const moved = async (by: number) =>
        (
          await logitsOf(imported, {
            ...image,
            data: image.data.map((item, at) => item + by * (direction[at] as number)),
          })
        )[1] as number
      const slope = ((await moved(step)) - (await moved(-step))) / (2 * step)
      const expected = gradient.reduce((sum, item, at) => sum + item * (direction[at] as number), 0)
      expect(Math.abs(slope - expected)).toBeLessThan(0.01 * length + 1e-3)
    }
  })
})
