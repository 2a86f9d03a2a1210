import { dataTypes, encodeModel, type NodeProto } from '@saliency/onnx-proto'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../src/index.ts'
import { around, size } from './onnx-around.ts'
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
import { largestDifference, logitsOf } from './reference.ts'

const fused = (...given: Parameters<typeof node>): NodeProto => ({
  ...node(...given),
  domain: 'com.microsoft',
})
const conv = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }
const kernel = floats('k', [4, 4, 3, 3])
/** `x` as tokens `[n, 9, 28]`. */
const tokens = node('Reshape', ['x', 'tokens'], 't')
const shape = integers('tokens', [0, 9, 28])
const norm = [positives('g', [28]), floats('b', [28])]

/** Cosines and sines of twelve places, for half of a head's features. */
const angles = (half: number) =>
  (['cos', 'sin'] as const).map((name) =>
    floats(
      name,
      [12, half],
      Array.from({ length: 12 * half }, (_, index) =>
        Math[name](Math.floor(index / half) * 10 ** -(index % half)),
      ),
    ),
  )
const ends = { ...integers('ends', [8, 8]), dataType: dataTypes.int32 }
const total = { ...integers('total', [9], []), dataType: dataTypes.int32 }
const asInt32 = ({ int64Data, ...tensor }: ReturnType<typeof integers>) => ({
  ...tensor,
  int32Data: (int64Data ?? []).map(Number),
})
const grouped = (inputs: readonly string[], attributes: Parameters<typeof node>[3], features: number) =>
  around(
    [
      tokens,
      node('MatMul', ['t', 'qw'], 'q'),
      node('MatMul', ['t', 'kw'], 'k'),
      fused('GroupQueryAttention', inputs, ['y', 'keys', 'values'], attributes),
    ],
    [
      shape,
      floats('qw', [28, inputs[1] === '' ? 128 : 64]),
      floats('kw', [28, 32]),
      asInt32(ends),
      asInt32(total),
      ...angles(8),
    ],
    features,
  )

const cases: Record<string, OnnxParts> = {
  'RotaryEmbedding of tokens': around(
    [tokens, fused('RotaryEmbedding', ['t', 'places', 'cos', 'sin'], 'y')],
    [
      shape,
      integers(
        'places',
        Array.from({ length: 18 }, (_, index) => (index % 9) + 1),
        [2, 9],
      ),
      ...angles(7),
    ],
  ),
  'RotaryEmbedding from one place on, interleaved': around(
    [tokens, fused('RotaryEmbedding', ['t', 'start', 'cos', 'sin'], 'y', { interleaved: 1 })],
    [shape, integers('start', [2]), ...angles(2)],
  ),
  'RotaryEmbedding of a part of each head': around(
    [
      tokens,
      fused('RotaryEmbedding', ['t', 'start', 'cos', 'sin'], 'y', { num_heads: 2, rotary_embedding_dim: 4 }),
    ],
    [shape, integers('start', [0]), ...angles(2)],
  ),
  GroupQueryAttention: grouped(
    ['q', 'k', 'k', '', '', 'ends', 'total'],
    { num_heads: 4, kv_num_heads: 2 },
    9 * 64,
  ),
  'GroupQueryAttention that turns heads, with a scale': grouped(
    ['q', 'k', 'k', '', '', 'ends', 'total', 'cos', 'sin'],
    { num_heads: 4, kv_num_heads: 2, do_rotary: 1, scale: { float: 0.7 } },
    9 * 64,
  ),
  'GroupQueryAttention, packed, pairs side by side': grouped(
    ['q', '', '', '', '', 'ends', 'total', 'cos', 'sin'],
    { num_heads: 4, kv_num_heads: 2, do_rotary: 1, rotary_interleaved: 1 },
    9 * 64,
  ),
  'FusedConv with a ReLU': around(
    [fused('FusedConv', ['x', 'k'], 'y', { ...conv, activation: 'Relu' })],
    [kernel],
  ),
  'FusedConv with a bias, a sum and a ReLU': around(
    [fused('FusedConv', ['x', 'k', 'kb', 'x'], 'y', { ...conv, activation: 'Relu' })],
    [kernel, floats('kb', [4])],
  ),
  'FusedConv with a LeakyReLU': around(
    [fused('FusedConv', ['x', 'k'], 'y', { ...conv, activation: 'LeakyRelu', activation_params: [0.3] })],
    [kernel],
  ),
  'FusedConv with a Clip': around(
    [fused('FusedConv', ['x', 'k'], 'y', { ...conv, activation: 'Clip', activation_params: [-0.25, 0.5] })],
    [kernel],
  ),
  'FusedConv with a HardSigmoid': around(
    [
      fused('FusedConv', ['x', 'k'], 'y', {
        ...conv,
        activation: 'HardSigmoid',
        activation_params: [0.25, 0.5],
      }),
    ],
    [kernel],
  ),
  FusedGemm: around(
    [
      node('Flatten', ['x'], 'f'),
      fused('FusedGemm', ['f', 'w', 'wb'], 'y', {
        transB: 1,
        activation: 'LeakyRelu',
        activation_alpha: { float: 0.2 },
      }),
    ],
    [floats('w', [6, size]), floats('wb', [6])],
    6,
  ),
  'FusedMatMul of signals': around(
    [fused('FusedMatMul', ['x', 'x'], 'y', { transB: 1, alpha: { float: 0.4 } })],
    [],
    4 * 81,
  ),
  'FusedMatMul with a weight turned': around(
    [fused('FusedMatMul', ['x', 'w'], 'y', { transB: 1, alpha: { float: 2 } })],
    [floats('w', [5, 7])],
    4 * 9 * 5,
  ),
  'FusedMatMul of heads behind tokens': around(
    [
      node('Transpose', ['x'], 't', { perm: [2, 0, 1, 3] }),
      fused('FusedMatMul', ['t', 't'], 'm', { transBatchA: 1, transBatchB: 1, transB: 1 }),
      node('Transpose', ['m'], 'y', { perm: [0, 1, 2, 3] }),
    ],
    [],
    4 * 81,
  ),
  Gelu: around([fused('Gelu', ['x'], 'y')]),
  BiasGelu: around([fused('BiasGelu', ['x', 'c'], 'y')], [floats('c', [7])]),
  FastGelu: around([fused('FastGelu', ['x'], 'y')]),
  'FastGelu with a bias': around([fused('FastGelu', ['x', 'c'], 'y')], [floats('c', [7])]),
  QuickGelu: around([fused('QuickGelu', ['x'], 'y', { alpha: { float: 1.702 } })]),
  SkipLayerNormalization: around(
    [
      tokens,
      fused('SkipLayerNormalization', ['t', 't', 'g', 'b', 'c'], ['s', '', '', 'sum'], {
        epsilon: { float: 0.01 },
      }),
      node('Mul', ['s', 'sum'], 'y'),
    ],
    [shape, ...norm, floats('c', [28])],
  ),
  SkipSimplifiedLayerNormalization: around(
    [
      tokens,
      node('Neg', ['t'], 'u'),
      node('Exp', ['t'], 'v'),
      fused('SkipSimplifiedLayerNormalization', ['u', 'v', 'g'], 'y', { epsilon: { float: 0.01 } }),
    ],
    [shape, norm[0]!],
  ),
  Attention: around(
    [tokens, fused('Attention', ['t', 'w', 'wb'], 'y', { num_heads: 4 })],
    [shape, floats('w', [28, 84]), floats('wb', [84])],
  ),
  'Attention, causal, of another size and scale': around(
    [
      tokens,
      fused('Attention', ['t', 'w', 'wb'], 'y', {
        num_heads: 2,
        unidirectional: 1,
        scale: { float: 0.2 },
        qkv_hidden_sizes: [8, 8, 12],
      }),
    ],
    [shape, floats('w', [28, 28]), floats('wb', [28])],
    9 * 12,
  ),
  MultiHeadAttention: around(
    [
      tokens,
      node('Neg', ['t'], 'u'),
      fused('MultiHeadAttention', ['t', 'u', 't', 'wb', '', 'm'], 'y', { num_heads: 4 }),
    ],
    [shape, floats('wb', [84]), floats('m', [1, 1, 9, 9])],
  ),
}

test.each(Object.entries(cases))('%s gives what ONNX Runtime gives', async (_, parts) => {
  const { difference } = await compareOnnx(parts)
  expect(difference).toBeLessThan(1e-4)
})

/** Layers that only graphics processors run, and what they compute. */
const apart: Record<string, readonly [OnnxParts, OnnxParts]> = {
  BiasAdd: [
    around([fused('BiasAdd', ['x', 'c', 'x'], 'y')], [floats('c', [7])]),
    around([node('Add', ['x', 'c'], 'a'), node('Add', ['a', 'x'], 'y')], [floats('c', [7])]),
  ],
  BiasSoftmax: [
    around([fused('BiasSoftmax', ['x', 'c'], 'y', { axis: 3 })], [floats('c', [4, 9, 7])]),
    around(
      [node('Add', ['x', 'c'], 'a'), node('Softmax', ['a'], 'y', { axis: 3 })],
      [floats('c', [4, 9, 7])],
    ),
  ],
  BiasSplitGelu: [
    around([tokens, fused('BiasSplitGelu', ['t', 'c'], 'y')], [shape, floats('c', [28])], 9 * 14),
    around(
      [
        tokens,
        node('Add', ['t', 'c'], 'a'),
        node('Split', ['a'], ['p', 'q'], { axis: 2, num_outputs: 2 }),
        node('Gelu', ['q'], 'h'),
        node('Mul', ['p', 'h'], 'y'),
      ],
      [shape, floats('c', [28])],
      9 * 14,
      20,
    ),
  ],
}

test.each(Object.entries(apart))('%s gives what its parts give', async (_, [one, parts]) => {
  const images = imagesFor(one)
  const [actual, expected] = await Promise.all(
    [one, parts].map(async (each) => logitsOf(await importOnnx(encodeModel(onnxModel(each))), images)),
  )
  expect(largestDifference(actual!, expected!)).toBeLessThan(1e-5)
})

describe('files that no explanation can follow are refused as a whole', () => {
  const refusal = async (...nodes: readonly NodeProto[]) =>
    importOnnx(encodeModel(onnxModel(around(nodes)))).then(
      () => 'imported',
      (error: Error) => error.message,
    )

  test('layouts of one processor', async () => {
    const blocked = (from: string, to: string) => ({
      ...node('Conv', [from, 'image'], to),
      domain: 'com.microsoft.nchwc',
    })
    const message = await refusal(blocked('x', 'z'), blocked('z', 'y'))
    expect(message).toContain("optimise at the level 'extended'")
    expect(message).not.toContain('nearest')
  })

  test('words', async () => {
    const embedding = fused('EmbedLayerNormalization', ['x', '', 'x', 'x'], 'y')
    expect(await refusal(embedding)).toContain('reads text')
  })

  test('what is missing beside it is named too', async () => {
    expect(await refusal(node('Hardmax', ['x'], 'y'))).toContain('name the scores in front of it')
    expect(await refusal(node('Round', ['x'], 'y'))).toContain('no gradient')
  })
})
