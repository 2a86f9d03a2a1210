import type { DType, OpName, Ops, Value } from '@saliency/core'

/** One operator on small numbers, with the result worked out by hand. */
export interface Case {
  /** What is applied to `x [n, 1, 2, 2]` and `w`, the parameter `[1, 1, 2, 2]`. */
  readonly make: (ops: Ops, x: Value, w: Value) => Value
  /** For x = [-1, 0, 2, 0.5], w = [1, 2, 3, 4], batch 1. */
  readonly expected: readonly number[]
  readonly dtype?: DType
}

const e = Math.exp
const sigmoid = (value: number) => 1 / (1 + e(-value))
const x4 = [-1, 0, 2, 0.5]
const of = (f: (value: number) => number) => x4.map(f)
const softmaxRow = (values: readonly number[]) => {
  const total = values.reduce((sum, value) => sum + e(value), 0)
  return values.map((value) => e(value) / total)
}

/** Every operator that computes; a missing one does not compile. */
export const cases: { readonly [K in Exclude<OpName, 'Input' | 'Parameter'>]: readonly Case[] } = {
  Constant: [
    { make: (o) => o.constant([1, 2], [2, 1]), expected: [1, 2] },
    { make: (o) => o.constant([3, -4], [2], 'int64'), expected: [3, -4], dtype: 'int64' },
    { make: (o) => o.constant([1, 0], [2], 'bool'), expected: [1, 0], dtype: 'bool' },
  ],
  Fill: [
    { make: (o) => o.fill([2, 2], 7), expected: [7, 7, 7, 7] },
    { make: (o) => o.fill(['n', 3], 0.5), expected: [0.5, 0.5, 0.5] },
    { make: (o) => o.fill(['2*n'], 1), expected: [1, 1] },
  ],
  Relu: [{ make: (o, x) => o.relu(x), expected: [0, 0, 2, 0.5] }],
  Neg: [{ make: (o, x) => o.neg(x), expected: of((v) => 0 - v) }],
  Abs: [{ make: (o, x) => o.abs(x), expected: of(Math.abs) }],
  Sign: [{ make: (o, x) => o.sign(x), expected: of(Math.sign) }],
  Round: [{ make: (o, x) => o.round(o.mul(x, 2.5)), expected: [-2, 0, 5, 1] }],
  Sqrt: [{ make: (o, _, w) => o.sqrt(w), expected: [1, Math.SQRT2, Math.sqrt(3), 2] }],
  Reciprocal: [{ make: (o, _, w) => o.reciprocal(w), expected: [1, 1 / 2, 1 / 3, 1 / 4] }],
  Exp: [{ make: (o, x) => o.exp(x), expected: of(e) }],
  Log: [{ make: (o, _, w) => o.log(w), expected: [0, Math.LN2, Math.log(3), 2 * Math.LN2] }],
  Sigmoid: [{ make: (o, x) => o.sigmoid(x), expected: of(sigmoid) }],
  Tanh: [{ make: (o, x) => o.tanh(x), expected: of(Math.tanh) }],
  Erf: [{ make: (o, x) => o.erf(x), expected: [-0.8427008, 0, 0.9953223, 0.5204999] }],
  Sin: [{ make: (o, x) => o.sin(x), expected: of(Math.sin) }],
  Cos: [{ make: (o, x) => o.cos(x), expected: of(Math.cos) }],
  Softplus: [{ make: (o, x) => o.softplus(x), expected: of((v) => Math.log1p(e(v))) }],
  Softsign: [{ make: (o, x) => o.softsign(x), expected: of((v) => v / (1 + Math.abs(v))) }],
  HardSigmoid: [{ make: (o, x) => o.hardSigmoid(x, 0.25, 0.5), expected: [0.25, 0.5, 1, 0.625] }],
  HardSwish: [{ make: (o, x) => o.hardSwish(x), expected: [-1 / 3, 0, 5 / 3, 0.5 * (0.5 + 1 / 12)] }],
  Mish: [{ make: (o, x) => o.mish(x), expected: of((v) => v * Math.tanh(Math.log1p(e(v)))) }],
  Gelu: [
    // torch.nn.functional.gelu(torch.tensor([-1., 0., 2., .5]))
    { make: (o, x) => o.gelu(x), expected: [-0.15865526, 0, 1.9544997, 0.34573123] },
    { make: (o, x) => o.gelu(x, 'tanh'), expected: [-0.158808, 0, 1.9545977, 0.345714] },
  ],
  Swish: [
    { make: (o, x) => o.swish(x), expected: of((v) => v * sigmoid(v)) },
    { make: (o, x) => o.swish(x, 1.702), expected: of((v) => v * sigmoid(1.702 * v)) },
  ],
  LeakyRelu: [{ make: (o, x) => o.leakyRelu(x, 0.3), expected: [-0.3, 0, 2, 0.5] }],
  Elu: [{ make: (o, x) => o.elu(x, 2), expected: [2 * (e(-1) - 1), 0, 2, 0.5] }],
  Selu: [{ make: (o, x) => o.selu(x, 2, 3), expected: [6 * (e(-1) - 1), 0, 6, 1.5] }],
  PRelu: [{ make: (o, x, w) => o.pRelu(x, w), expected: [-1, 0, 2, 0.5] }],
  Clip: [
    { make: (o, x) => o.clip(x, -0.5, 1), expected: [-0.5, 0, 1, 0.5] },
    { make: (o, x) => o.clip(x, 0.25, Infinity), expected: [0.25, 0.25, 2, 0.5] },
    { make: (o, x) => o.clip(x, -Infinity, 0), expected: [-1, 0, 0, 0] },
  ],
  Not: [{ make: (o, x) => o.not(o.greater(x, 0)), expected: [1, 1, 0, 0], dtype: 'bool' }],
  Cast: [
    { make: (o, x) => o.cast(o.greater(x, 0), 'float32'), expected: [0, 0, 1, 1] },
    { make: (o, x) => o.cast(x, 'int64'), expected: [-1, 0, 2, 0], dtype: 'int64' },
  ],
  Add: [{ make: (o, x, w) => o.add(x, w), expected: [0, 2, 5, 4.5] }],
  Sub: [{ make: (o, x, w) => o.sub(x, w), expected: [-2, -2, -1, -3.5] }],
  Mul: [{ make: (o, x, w) => o.mul(x, w), expected: [-1, 0, 6, 2] }],
  Div: [{ make: (o, x, w) => o.div(x, w), expected: [-1, 0, 2 / 3, 0.125] }],
  Pow: [{ make: (o, _, w) => o.pow(w, 2), expected: [1, 4, 9, 16] }],
  Max: [{ make: (o, x) => o.max(x, 0.25), expected: [0.25, 0.25, 2, 0.5] }],
  Min: [{ make: (o, x) => o.min(x, 0.25), expected: [-1, 0, 0.25, 0.25] }],
  Equal: [{ make: (o, x) => o.equal(x, 0), expected: [0, 1, 0, 0], dtype: 'bool' }],
  Greater: [{ make: (o, x) => o.greater(x, 0), expected: [0, 0, 1, 1], dtype: 'bool' }],
  Less: [{ make: (o, x) => o.less(x, 0), expected: [1, 0, 0, 0], dtype: 'bool' }],
  GreaterOrEqual: [{ make: (o, x) => o.greaterOrEqual(x, 0), expected: [0, 1, 1, 1], dtype: 'bool' }],
  LessOrEqual: [{ make: (o, x) => o.lessOrEqual(x, 0), expected: [1, 1, 0, 0], dtype: 'bool' }],
  And: [{ make: (o, x) => o.and(o.greater(x, 0), o.less(x, 1)), expected: [0, 0, 0, 1], dtype: 'bool' }],
  Or: [{ make: (o, x) => o.or(o.less(x, 0), o.greater(x, 1)), expected: [1, 0, 1, 0], dtype: 'bool' }],
  Where: [{ make: (o, x, w) => o.where(o.greater(x, 0), x, w), expected: [1, 2, 2, 0.5] }],
  ReduceSum: [
    { make: (o, x) => o.reduceSum(x, { axes: [3] }), expected: [-1, 2.5] },
    { make: (o, x) => o.reduceSum(x, { axes: [1, 2, 3], keepdims: false }), expected: [1.5] },
  ],
  ReduceMean: [{ make: (o, x) => o.reduceMean(x, { axes: [2] }), expected: [0.5, 0.25] }],
  ReduceMax: [{ make: (o, x) => o.reduceMax(x, { axes: [2, 3] }), expected: [2] }],
  ReduceMin: [{ make: (o, x) => o.reduceMin(x, { axes: [2, 3], keepdims: false }), expected: [-1] }],
  Softmax: [{ make: (o, x) => o.softmax(x), expected: [...softmaxRow([-1, 0]), ...softmaxRow([2, 0.5])] }],
  LogSoftmax: [
    {
      make: (o, x) => o.logSoftmax(x),
      expected: [...softmaxRow([-1, 0]), ...softmaxRow([2, 0.5])].map(Math.log),
    },
  ],
  TopK: [
    {
      make: (o, x) => o.topK(o.reshape(x, ['n', 4]), 2, { sorted: true }).values,
      expected: [2, 0.5],
    },
    {
      make: (o, x) => o.topK(o.reshape(x, ['n', 4]), 3, { sorted: true, largest: false }).indices,
      expected: [0, 1, 3],
      dtype: 'int64',
    },
  ],
  Conv: [
    { make: (o, x, w) => o.conv(x, w), expected: [-1 + 6 + 2] },
    {
      make: (o, x, w) => o.conv(x, w, o.constant([10]), { pads: [1, 1, 0, 0], strides: [2, 2] }),
      expected: [10 - 4],
    },
    {
      make: (o, x, w) => o.conv(o.concat([x, x], 1), o.concat([w, w], 0), undefined, { group: 2 }),
      expected: [7, 7],
    },
  ],
  ConvTranspose: [
    { make: (o, x, w) => o.convTranspose(x, w), expected: [-1, -2, 0, -1, 0.5, 1, 6, 9.5, 2] },
    {
      make: (o, x, w) => o.convTranspose(x, w, o.constant([1]), { strides: [2, 2], outputPadding: [1, 0] }),
      expected: [0, -1, 1, 1, -2, -3, 1, 1, 3, 5, 1.5, 2, 7, 9, 2.5, 3, 1, 1, 1, 1],
    },
  ],
  Gemm: [
    {
      make: (o, x, w) => o.gemm(o.reshape(x, ['n', 4]), o.reshape(w, [4, 1]), o.constant([1])),
      expected: [8],
    },
    {
      make: (o, x, w) => o.gemm(o.reshape(x, ['n', 4]), o.reshape(w, [1, 4]), undefined, { transB: true }),
      expected: [7],
    },
    {
      make: (o, x, w) => o.gemm(x, o.reshape(w, [2, 2]), o.constant([1, 0]), { transB: true }),
      expected: [0, -3, 4, 8],
    },
  ],
  MatMul: [{ make: (o, x, w) => o.matMul(x, w), expected: [-1, -2, 3.5, 6] }],
  MaxPool: [
    { make: (o, x) => o.maxPool(x, { kernel: [2, 2] }), expected: [2] },
    { make: (o, x) => o.maxPool(x, { kernel: [1, 1], strides: [2, 1] }), expected: [-1, 0] },
    { make: (o, x) => o.maxPoolIndices(x, { kernel: [2, 2] }), expected: [2], dtype: 'int64' },
    {
      make: (o, x) => o.maxPool(x, { kernel: [2, 2], strides: [2, 2], pads: [0, 1, 0, 0], ceilMode: true }),
      expected: [2, 0.5],
    },
  ],
  AveragePool: [
    { make: (o, x) => o.averagePool(x, { kernel: [2, 2] }), expected: [0.375] },
    {
      make: (o, x) => o.averagePool(x, { kernel: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0] }),
      expected: [-1],
    },
    {
      make: (o, x) =>
        o.averagePool(x, { kernel: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], countIncludePad: true }),
      expected: [-0.25],
    },
  ],
  GlobalAveragePool: [{ make: (o, x) => o.globalAveragePool(x), expected: [0.375] }],
  GlobalMaxPool: [{ make: (o, x) => o.globalMaxPool(x), expected: [2] }],
  BatchNormalization: [
    {
      make: (o, x) =>
        o.batchNormalization(
          x,
          o.constant([3]),
          o.constant([1]),
          o.constant([0.5]),
          o.constant([2.24]),
          0.01,
        ),
      expected: of((v) => (3 * (v - 0.5)) / 1.5 + 1),
    },
  ],
  Reshape: [{ make: (o, x) => o.reduceSum(o.reshape(x, ['n', 2, 2]), { axes: [1] }), expected: [1, 0.5] }],
  Flatten: [{ make: (o, x) => o.reduceSum(o.flatten(x), { axes: [1] }), expected: [1.5] }],
  Transpose: [{ make: (o, x) => o.transpose(x, [0, 1, 3, 2]), expected: [-1, 2, 0, 0.5] }],
  Expand: [
    { make: (o, x) => o.expand(o.globalMaxPool(x), ['n', 1, 1, 3]), expected: [2, 2, 2] },
    { make: (o, _, w) => o.expand(o.reduceSum(w, { axes: [2, 3] }), ['n', 2, 1, 1]), expected: [10, 10] },
  ],
  Concat: [{ make: (o, x, w) => o.concat([w, w], 3), expected: [1, 2, 1, 2, 3, 4, 3, 4] }],
  Slice: [
    { make: (o, x) => o.slice(x, { axes: [3], starts: [1], ends: [2] }), expected: [0, 0.5] },
    {
      make: (o, _, w) => o.slice(w, { axes: [2, 3], starts: [1, 1], ends: [-9, -9], steps: [-1, -1] }),
      expected: [4, 3, 2, 1],
    },
  ],
  Pad: [
    {
      make: (o, x) =>
        o.pad(x, {
          pads: [
            [0, 0],
            [0, 0],
            [0, 1],
            [1, 0],
          ],
          value: 9,
        }),
      expected: [9, -1, 0, 9, 2, 0.5, 9, 9, 9],
    },
    {
      make: (o, x) =>
        o.pad(x, {
          pads: [
            [0, 0],
            [0, 0],
            [0, 0],
            [1, 1],
          ],
          mode: 'reflect',
        }),
      expected: [0, -1, 0, -1, 0.5, 2, 0.5, 2],
    },
    {
      make: (o, x) =>
        o.pad(x, {
          pads: [
            [0, 0],
            [0, 0],
            [0, 0],
            [1, 0],
          ],
          mode: 'edge',
        }),
      expected: [-1, -1, 0, 2, 2, 0.5],
    },
  ],
  Resize: [
    {
      make: (o, x) => o.resize(x, [2, 6], { mode: 'nearest', coordinates: 'asymmetric' }),
      expected: [-1, -1, -1, 0, 0, 0, 2, 2, 2, 0.5, 0.5, 0.5],
    },
    {
      make: (o, x) => o.resize(x, [2, 4], { coordinates: 'half_pixel' }),
      expected: [-1, -0.75, -0.25, 0, 2, 1.625, 0.875, 0.5],
    },
    {
      make: (o, x) => o.resize(x, [2, 3], { coordinates: 'align_corners' }),
      expected: [-1, -0.5, 0, 2, 1.25, 0.5],
    },
  ],
  Gather: [{ make: (o, x) => o.gather(x, 3, [1, 1, 0]), expected: [0, 0, -1, 0.5, 0.5, 2] }],
  ScatterElements: [
    {
      make: (o, x) => o.scatterAdd(x, o.cast(o.fill(['n', 1, 2, 2], 1), 'int64'), x, 3),
      expected: [-1, -1, 2, 3],
    },
  ],
}
