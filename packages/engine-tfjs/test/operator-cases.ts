import type { OpName, Pair, Shape } from '@saliency/core'
import fc from 'fast-check'
import {
  define,
  integer,
  pairOf,
  feature,
  nothing,
  shapes,
  unary,
  operands,
  binary,
  logic,
  reduce,
  pool,
  convolution,
  permutation,
  type Case,
} from './case-parts.ts'

/** Every operator that computes; one without a case here does not compile. */
export const cases: { readonly [K in Exclude<OpName, 'Input' | 'Parameter'>]: Case<unknown> } = {
  Constant: define(nothing, (ops, { input }) => ops.add(input(['n', 3]), ops.constant([1, -2, 3]))),
  Fill: define(fc.double({ min: -2, max: 2, noNaN: true }), (ops, { input }, value) => [
    ops.fill([3, 2], value),
    ops.add(input(['n', 2, 3, 3]), ops.fill(['n', 2, 1, 1], value)),
  ]),
  Relu: unary('relu'),
  Neg: unary('neg'),
  Abs: unary('abs'),
  Sign: unary('sign', 'ties'),
  Round: unary('round'),
  Sqrt: unary('sqrt', 'positive'),
  Reciprocal: unary('reciprocal', 'positive'),
  Exp: unary('exp'),
  Log: unary('log', 'positive'),
  Sigmoid: unary('sigmoid'),
  Tanh: unary('tanh'),
  Erf: unary('erf'),
  Sin: unary('sin'),
  Cos: unary('cos'),
  Softplus: unary('softplus'),
  Softsign: unary('softsign'),
  HardSigmoid: define(shapes, (ops, { input }, shape) => ops.hardSigmoid(input(shape), 0.2, 0.5)),
  HardSwish: unary('hardSwish'),
  Mish: unary('mish'),
  Gelu: define(fc.constantFrom('none' as const, 'tanh' as const), (ops, { input }, approximate) =>
    ops.gelu(input(['n', 2, 3, 4]), approximate),
  ),
  Swish: define(fc.constantFrom(1, 1.702), (ops, { input }, alpha) =>
    ops.swish(input(['n', 2, 3, 4]), alpha),
  ),
  LeakyRelu: define(integer(0, 3), (ops, { input }, alpha) =>
    ops.leakyRelu(input(['n', 2, 3, 4]), alpha / 4),
  ),
  Elu: define(integer(1, 3), (ops, { input }, alpha) => ops.elu(input(['n', 2, 3, 4]), alpha / 2)),
  Selu: define(shapes, (ops, { input }, shape) => ops.selu(input(shape), 1.673, 1.051)),
  PRelu: define(nothing, (ops, { input, parameter }) =>
    ops.pRelu(input(['n', 3, 4, 2]), parameter([3, 1, 1])),
  ),
  Clip: define(
    fc.constantFrom<readonly [number, number]>([-1, 1], [0, 6], [-Infinity, 0.5], [0, Infinity]),
    (ops, { input }, [low, high]) => ops.clip(input(['n', 2, 3, 4]), low, high),
  ),
  Not: define(shapes, (ops, { input }, shape) => ops.not(ops.greater(input(shape), 0))),
  Cast: define(fc.constantFrom('int64' as const, 'bool' as const), (ops, { input }, to) => {
    const cast = ops.cast(input(['n', 3, 2, 2], 'ties'), to)
    return [cast, ops.cast(cast, 'float32')]
  }),
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div', 'signed', 'positive'),
  Pow: binary('pow', 'positive', 'signed'),
  Max: binary('max'),
  Min: binary('min'),
  Equal: binary('equal', 'ties', 'ties'),
  Greater: binary('greater', 'ties', 'ties'),
  Less: binary('less', 'ties', 'ties'),
  GreaterOrEqual: binary('greaterOrEqual', 'ties', 'ties'),
  LessOrEqual: binary('lessOrEqual', 'ties', 'ties'),
  And: logic('and'),
  Or: logic('or'),
  Where: define(operands, (ops, { input }, [a, b]) => {
    const condition = ops.greater(input(a), 0)
    return [
      ops.where(condition, input(a), input(b)),
      ops.where(condition, 0, input(b)),
      ops.where(condition, input(a), 0.5),
    ]
  }),
  ReduceSum: reduce('reduceSum'),
  ReduceMean: reduce('reduceMean'),
  ReduceMax: reduce('reduceMax'),
  ReduceMin: reduce('reduceMin'),
  Softmax: define(integer(0, 3), (ops, { input }, axis) => ops.softmax(input(['n', 3, 4, 5]), axis)),
  LogSoftmax: define(integer(0, 3), (ops, { input }, axis) => ops.logSoftmax(input(['n', 3, 4, 5]), axis)),
  TopK: define(
    fc.record({ k: integer(1, 3), axis: integer(1, 3), largest: fc.boolean() }),
    (ops, { input }, { k, ...rest }) => {
      const { values, indices } = ops.topK(input(['n', 3, 4, 5]), k, { ...rest, sorted: true })
      return [values, indices]
    },
  ),
  Conv: define(
    convolution,
    (ops, { input, parameter }, { size, group, inner, outer, kernel, hasBias, ...rest }) => {
      const bias = hasBias ? parameter([group * outer]) : undefined
      const weight = parameter([group * outer, inner, ...kernel])
      return ops.relu(ops.conv(input(['n', group * inner, ...size]), weight, bias, { group, ...rest }))
    },
  ),
  ConvTranspose: define(
    fc.record({ base: convolution, outputPadding: pairOf(0, 2) }),
    (
      ops,
      { input, parameter },
      { base: { size, group, inner, outer, kernel, hasBias, ...rest }, outputPadding },
    ) => {
      const bias = hasBias ? parameter([group * outer]) : undefined
      const padded = outputPadding.map((pad, axis) =>
        Math.min(pad, (rest.strides[axis] ?? 1) - 1),
      ) as unknown as Pair
      const weight = parameter([group * inner, outer, ...kernel])
      const image = input(['n', group * inner, ...size])
      return ops.convTranspose(image, weight, bias, { group, ...rest, outputPadding: padded })
    },
  ),
  Gemm: define(
    fc.record({ transB: fc.boolean(), hasBias: fc.boolean() }),
    (ops, { input, parameter }, { transB, hasBias }) =>
      ops.gemm(input(['n', 6]), parameter(transB ? [4, 6] : [6, 4]), hasBias ? parameter([4]) : undefined, {
        transB,
      }),
  ),
  MatMul: define(fc.boolean(), (ops, { input, parameter }, isBatched) =>
    isBatched
      ? ops.matMul(input(['n', 3, 4, 5]), input(['n', 3, 5, 2]))
      : ops.matMul(input(['n', 5]), parameter([5, 2])),
  ),
  MaxPool: define(
    fc.record({ base: pool, dilations: pairOf(1, 2) }),
    (ops, { input }, { base: { size, channels, ...rest }, dilations }) => {
      const x = input(['n', channels, ...size], 'ties')
      const attributes = { ...rest, dilations }
      return [ops.maxPool(x, attributes), ops.maxPoolIndices(x, attributes)]
    },
  ),
  AveragePool: define(
    fc.record({ base: pool, countIncludePad: fc.boolean() }),
    (ops, { input }, { base: { size, channels, ...rest }, countIncludePad }) =>
      ops.averagePool(input(['n', channels, ...size]), { ...rest, countIncludePad }),
  ),
  GlobalAveragePool: define(feature, (ops, { input }, { channels, size }) =>
    ops.globalAveragePool(input(['n', channels, ...size])),
  ),
  GlobalMaxPool: define(feature, (ops, { input }, { channels, size }) =>
    ops.globalMaxPool(input(['n', channels, ...size])),
  ),
  BatchNormalization: define(
    fc.constantFrom<Shape>(['n', 3, 4, 5], ['n', 3], ['n', 3, 4]),
    (ops, { input, parameter }, shape) =>
      ops.batchNormalization(
        input(shape),
        parameter([3]),
        parameter([3]),
        parameter([3]),
        parameter([3], 'positive'),
        1e-3,
      ),
  ),
  Reshape: define(nothing, (ops, { input }) => {
    const x = input(['n', 2, 3, 4])
    return [ops.reshape(x, ['n', 24]), ops.reshape(x, ['24*n']), ops.reshape(x, ['n', 4, 3, 2])]
  }),
  Flatten: define(integer(0, 3), (ops, { input }, axis) => ops.flatten(input(['n', 2, 3, 4]), axis)),
  Transpose: define(permutation, (ops, { input }, perm) => {
    const moved = ops.transpose(input(['n', 2, 3, 4]), perm)
    return [moved, ops.averagePool(ops.transpose(input(['n', 2, 3, 4]), [0, 3, 1, 2]), { kernel: [1, 1] })]
  }),
  Expand: define(nothing, (ops, { input }) => [
    ops.expand(input(['n', 3, 1, 1]), ['n', 3, 4, 5]),
    ops.expand(input(['n', 1, 4, 5]), ['n', 3, 4, 5]),
    ops.expand(input([3, 1, 1]), [3, 2, 2]),
    ops.expand(input([4, 1]), [2, 3, 4, 5]),
  ]),
  Concat: define(integer(1, 3), (ops, { input }, axis) =>
    ops.concat([input(['n', 2, 3, 4]), input(['n', 2, 3, 4])], axis),
  ),
  Slice: define(
    fc.record({
      axis: integer(1, 3),
      start: integer(-6, 6),
      end: integer(-6, 6),
      step: fc.constantFrom(-2, -1, 1, 2),
    }),
    (ops, { input }, { axis, start, end, step }) => {
      const x = input(['n', 4, 5, 6])
      const one = ops.slice(x, { axes: [axis], starts: [start], ends: [end], steps: [step] })
      // An empty result says nothing.
      return one.shape.includes(0) ? ops.slice(x, { axes: [2, 3], starts: [1, 2], ends: [3, 5] }) : one
    },
  ),
  Pad: define(
    fc.record({ mode: fc.constantFrom('constant', 'reflect', 'edge'), h: pairOf(0, 2), w: pairOf(0, 2) }),
    (ops, { input }, { mode, h, w }) =>
      ops.pad(input(['n', 2, 4, 5]), {
        pads: [[0, 0], [0, 0], h, w],
        mode,
        value: mode === 'constant' ? 0.5 : 0,
      }),
  ),
  Resize: define(
    fc.record({
      from: pairOf(1, 5),
      to: pairOf(1, 9),
      mode: fc.constantFrom('linear', 'nearest'),
      coordinates: fc.constantFrom('half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'),
    }),
    (ops, { input }, { from, to, ...rest }) => ops.resize(input(['n', 2, ...from]), to, rest),
  ),
  Gather: define(
    fc.record({ axis: integer(1, 3), indices: fc.array(integer(-2, 1), { minLength: 1, maxLength: 4 }) }),
    (ops, { input }, { axis, indices }) => ops.gather(input(['n', 2, 3, 4]), axis, indices),
  ),
  ScatterElements: define(integer(1, 3), (ops, { input }, axis) => {
    const { indices } = ops.topK(input(['n', 3, 4, 5]), 2, { axis, sorted: true })
    const shape = ['n', 3, 4, 5].map((dim, at) => (at === axis ? 2 : dim)) as (number | 'n')[]
    return ops.scatterAdd(input(['n', 3, 4, 5]), indices, input(shape), axis)
  }),
}
