import type { OpName } from '../../../core/src/graph/operators.ts'
import type { Ops } from '../../../core/src/graph/ops.ts'
import type { Value } from '../../../core/src/graph/value.ts'
import { createRandom } from '../../../core/src/random.ts'

/** One operator applied to `x [n, c, h, w]`; `positive` keeps the inputs away from where it is not differentiable. */
export interface GradientCase {
  readonly op: OpName
  readonly name?: string
  readonly shape?: readonly [number, number, number]
  readonly positive?: boolean
  readonly apply: (ops: Ops, x: Value) => Value
}

/** A fixed constant of any shape, the same at every run. */
export function fixed(ops: Ops, ...shape: number[]): Value {
  const random = createRandom('gradient-cases', ...shape)
  return ops.constant(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    shape,
  )
}

const flat = (ops: Ops, x: Value) =>
  ops.reshape(x, ['n', x.shape.slice(1).reduce((a: number, b) => a * Number(b), 1)])
const conv = (
  name: string,
  kernel: [number, number, number, number],
  attributes: Parameters<Ops['conv']>[3],
  shape: [number, number, number] = [2, 5, 6],
): GradientCase => ({
  op: 'Conv',
  name,
  shape,
  apply: (ops, x) => ops.conv(x, fixed(ops, ...kernel), fixed(ops, kernel[0]), attributes),
})
const unary = (op: OpName, apply: GradientCase['apply'], positive = false): GradientCase => ({
  op,
  apply,
  positive,
})

/** At least one case for every operator that has a gradient. */
export const gradientCases: readonly GradientCase[] = [
  unary('Relu', (ops, x) => ops.relu(x)),
  unary('Neg', (ops, x) => ops.neg(x)),
  unary('Abs', (ops, x) => ops.abs(x)),
  // Differences over a whole number of steps are the slope of what the steps approximate.
  { op: 'Round', apply: (ops, x) => ops.round(ops.mul(x, 100)) },
  unary('Sqrt', (ops, x) => ops.sqrt(x), true),
  unary('Reciprocal', (ops, x) => ops.reciprocal(x), true),
  unary('Exp', (ops, x) => ops.exp(x)),
  unary('Log', (ops, x) => ops.log(x), true),
  unary('Sigmoid', (ops, x) => ops.sigmoid(x)),
  unary('Tanh', (ops, x) => ops.tanh(x)),
  unary('Erf', (ops, x) => ops.erf(x)),
  unary('Sin', (ops, x) => ops.sin(x)),
  unary('Cos', (ops, x) => ops.cos(x)),
  unary('Softplus', (ops, x) => ops.softplus(x)),
  unary('Softsign', (ops, x) => ops.softsign(x)),
  unary('HardSigmoid', (ops, x) => ops.hardSigmoid(x, 0.2, 0.5)),
  unary('HardSwish', (ops, x) => ops.hardSwish(ops.mul(x, 3))),
  unary('Mish', (ops, x) => ops.mish(x)),
  unary('Gelu', (ops, x) => ops.gelu(x)),
  { op: 'Gelu', name: 'Gelu by tanh', apply: (ops, x) => ops.gelu(x, 'tanh') },
  unary('Swish', (ops, x) => ops.swish(x)),
  { op: 'Swish', name: 'Swish of another slope', apply: (ops, x) => ops.swish(x, 1.702) },
  unary('LeakyRelu', (ops, x) => ops.leakyRelu(x, 0.3)),
  unary('PRelu', (ops, x) => ops.pRelu(x, fixed(ops, 2, 1, 1))),
  unary('Elu', (ops, x) => ops.elu(x, 0.7)),
  unary('Selu', (ops, x) => ops.selu(x, 1.6733, 1.0507)),
  unary('Clip', (ops, x) => ops.clip(x, -0.5, 1)),
  { op: 'Clip', name: 'Clip, one side', apply: (ops, x) => ops.clip(x, -Infinity, 0.5) },
  unary('Add', (ops, x) => ops.add(x, ops.slice(x, { axes: [3], starts: [0], ends: [1] }))),
  unary('Sub', (ops, x) => ops.sub(fixed(ops, 2, 1, 1), x)),
  unary('Mul', (ops, x) => ops.mul(x, ops.reduceSum(x, { axes: [2] }))),
  unary('Div', (ops, x) => ops.div(ops.reduceSum(x, { axes: [1] }), x), true),
  unary('Pow', (ops, x) => ops.pow(x, 3)),
  { op: 'Pow', name: 'Pow, exponent', positive: true, apply: (ops, x) => ops.pow(2, x) },
  unary('Max', (ops, x) => ops.max(x, fixed(ops, 2, 3, 4))),
  unary('Min', (ops, x) => ops.min(fixed(ops, 2, 3, 4), x)),
  unary('Where', (ops, x) => ops.where(ops.greater(fixed(ops, 2, 3, 4), 0), x, ops.mul(x, 3))),
  unary('ReduceSum', (ops, x) => ops.reduceSum(x, { axes: [1, 3], keepdims: false })),
  unary('ReduceMean', (ops, x) => ops.reduceMean(x, { axes: [-1, -2] })),
  unary('ReduceMax', (ops, x) => ops.reduceMax(x, { axes: [1] })),
  unary('ReduceMin', (ops, x) => ops.reduceMin(x, { axes: [2], keepdims: false })),
  unary('Softmax', (ops, x) => ops.softmax(flat(ops, x))),
  unary('LogSoftmax', (ops, x) => ops.logSoftmax(x, 1)),
  conv('Conv 3×3', [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('Conv without padding', [3, 2, 3, 2], {}),
  conv('Conv stride 2', [3, 2, 3, 3], { strides: [2, 2], pads: [0, 1, 1, 0] }),
  conv('Conv stride 3, rows unread', [2, 2, 2, 2], { strides: [3, 3] }, [2, 7, 8]),
  conv('Conv dilated', [3, 2, 3, 3], { dilations: [2, 1], pads: [2, 1, 2, 1] }),
  conv('Conv grouped', [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }, [4, 4, 4]),
  conv('Conv depthwise, asymmetric', [4, 1, 3, 3], { group: 4, pads: [0, 0, 1, 1] }, [4, 5, 5]),
  conv('Conv depthwise, multiplier', [4, 1, 3, 3], { group: 2, pads: [1, 1, 1, 1] }, [2, 4, 4]),
  conv('Conv wide padding', [2, 2, 1, 1], { pads: [1, 2, 1, 0] }),
  {
    op: 'ConvTranspose',
    apply: (ops, x) =>
      ops.convTranspose(x, fixed(ops, 2, 3, 3, 3), undefined, {
        strides: [2, 2],
        pads: [1, 1, 1, 1],
        outputPadding: [1, 1],
      }),
  },
  { op: 'Gemm', apply: (ops, x) => ops.gemm(flat(ops, x), fixed(ops, 24, 5), fixed(ops, 5)) },
  {
    op: 'Gemm',
    name: 'Gemm, transposed',
    apply: (ops, x) => ops.gemm(flat(ops, x), fixed(ops, 5, 24), undefined, { transB: true }),
  },
  { op: 'MatMul', apply: (ops, x) => ops.matMul(x, ops.transpose(x, [0, 1, 3, 2])) },
  { op: 'MatMul', name: 'MatMul, broadcast', apply: (ops, x) => ops.matMul(fixed(ops, 5, 3), x) },
  { op: 'MaxPool', shape: [2, 4, 4], apply: (ops, x) => ops.maxPool(x, { kernel: [2, 2], strides: [2, 2] }) },
  {
    op: 'MaxPool',
    name: 'MaxPool, overlapping',
    shape: [2, 5, 5],
    apply: (ops, x) => ops.maxPool(x, { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  },
  {
    op: 'MaxPool',
    name: 'MaxPool, ceil',
    shape: [2, 5, 6],
    apply: (ops, x) => ops.maxPool(x, { kernel: [2, 3], strides: [2, 3], ceilMode: true }),
  },
  {
    op: 'MaxPool',
    name: 'MaxPool, larger than the image',
    shape: [2, 3, 4],
    apply: (ops, x) =>
      ops.maxPool(x, { kernel: [5, 7], strides: [4, 2], pads: [1, 1, 0, 1], ceilMode: true }),
  },
  {
    op: 'AveragePool',
    name: 'AveragePool, larger than the image',
    shape: [2, 3, 4],
    apply: (ops, x) => ops.averagePool(x, { kernel: [64, 64], strides: [64, 64], ceilMode: true }),
  },
  {
    op: 'AveragePool',
    name: 'AveragePool, larger than the image, pads counted',
    shape: [2, 3, 4],
    apply: (ops, x) =>
      ops.averagePool(x, {
        kernel: [5, 3],
        strides: [9, 2],
        pads: [1, 1, 0, 1],
        dilations: [1, 3],
        ceilMode: true,
        countIncludePad: true,
      }),
  },
  {
    op: 'AveragePool',
    shape: [2, 4, 6],
    apply: (ops, x) => ops.averagePool(x, { kernel: [2, 3], strides: [2, 3] }),
  },
  {
    op: 'AveragePool',
    name: 'AveragePool, cut windows',
    shape: [2, 5, 5],
    apply: (ops, x) => ops.averagePool(x, { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  },
  {
    op: 'AveragePool',
    name: 'AveragePool, asymmetric',
    shape: [2, 5, 4],
    apply: (ops, x) => ops.averagePool(x, { kernel: [2, 2], pads: [0, 0, 1, 1] }),
  },
  {
    op: 'AveragePool',
    name: 'AveragePool, pads counted',
    shape: [2, 4, 4],
    apply: (ops, x) => ops.averagePool(x, { kernel: [3, 3], pads: [1, 1, 1, 1], countIncludePad: true }),
  },
  unary('GlobalAveragePool', (ops, x) => ops.globalAveragePool(x)),
  unary('GlobalMaxPool', (ops, x) => ops.globalMaxPool(x)),
  {
    op: 'BatchNormalization',
    apply: (ops, x) =>
      ops.batchNormalization(x, fixed(ops, 2), fixed(ops, 2), fixed(ops, 2), ops.abs(fixed(ops, 2)), 1e-3),
  },
  unary('Reshape', (ops, x) => ops.mul(ops.reshape(x, ['n', 6, 4]), fixed(ops, 6, 4))),
  unary('Flatten', (ops, x) => ops.flatten(x)),
  unary('Transpose', (ops, x) => ops.mul(ops.transpose(x, [0, 2, 3, 1]), fixed(ops, 3, 4, 2))),
  unary('Expand', (ops, x) =>
    ops.mul(ops.expand(ops.reduceSum(x, { axes: [1] }), ['n', 5, 3, 4]), fixed(ops, 5, 3, 4)),
  ),
  unary('Concat', (ops, x) => ops.mul(ops.concat([x, ops.relu(x)], 1), fixed(ops, 4, 3, 4))),
  {
    op: 'Slice',
    shape: [2, 5, 6],
    apply: (ops, x) => ops.slice(x, { axes: [2, 3], starts: [1, 0], ends: [5, 99], steps: [2, 2] }),
  },
  {
    op: 'Slice',
    name: 'Slice, backwards',
    shape: [2, 5, 6],
    apply: (ops, x) =>
      ops.mul(ops.slice(x, { axes: [3], starts: [-1], ends: [-6], steps: [-2] }), fixed(ops, 2, 5, 3)),
  },
  unary('Pad', (ops, x) =>
    ops.mul(
      ops.pad(x, {
        pads: [
          [0, 0],
          [1, 0],
          [1, 2],
          [0, 1],
        ],
      }),
      fixed(ops, 3, 6, 5),
    ),
  ),
  {
    op: 'Pad',
    name: 'Pad, cropping',
    apply: (ops, x) =>
      ops.pad(x, {
        pads: [
          [0, 0],
          [0, 0],
          [-1, 1],
          [0, 0],
        ],
      }),
  },
  {
    op: 'Pad',
    name: 'Pad, reflecting',
    apply: (ops, x) =>
      ops.mul(
        ops.pad(x, {
          pads: [
            [0, 0],
            [0, 0],
            [1, 2],
            [2, 1],
          ],
          mode: 'reflect',
        }),
        fixed(ops, 2, 6, 7),
      ),
  },
  {
    op: 'Pad',
    name: 'Pad, repeating',
    apply: (ops, x) =>
      ops.mul(
        ops.pad(x, {
          pads: [
            [0, 0],
            [0, 0],
            [1, 2],
            [2, 1],
          ],
          mode: 'edge',
        }),
        fixed(ops, 2, 6, 7),
      ),
  },
  ...(['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'] as const).flatMap((coordinates) =>
    (['linear', 'nearest'] as const).map((mode): GradientCase => ({
      op: 'Resize',
      name: `Resize ${mode} ${coordinates}`,
      apply: (ops, x) => ops.mul(ops.resize(x, [5, 9], { mode, coordinates }), fixed(ops, 2, 5, 9)),
    })),
  ),
  unary('Gather', (ops, x) => ops.mul(ops.gather(x, 2, [2, 0, 2]), fixed(ops, 2, 3, 4))),
]
