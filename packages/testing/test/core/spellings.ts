import type { Ops, Value } from '@saliency/core'

type Apply = (ops: Ops, x: Value) => Value

/** One function of the model: its operator, and the ways in which exporters and people write it. */
export interface Spelled {
  readonly operator: Apply
  readonly spellings: Readonly<Record<string, Apply>>
}

const root2 = Math.SQRT2
const factor = Math.sqrt(2 / Math.PI)
const cube = (ops: Ops, x: Value) => ops.mul(ops.mul(x, x), x)
const inner = (ops: Ops, x: Value) => ops.mul(ops.add(x, ops.mul(cube(ops, x), 0.044715)), factor)
const positive = (ops: Ops, x: Value) => ops.greater(x, 0)
const slope = (ops: Ops) => ops.parameter('slope', [4, 1, 1])
const mean = (ops: Ops, x: Value, axes: number[]) => ops.reduceMean(x, { axes })
const squares = (ops: Ops, x: Value) => ops.mul(x, x)

/** (x − m)/√(v + ε) */
function standard(ops: Ops, x: Value, axes: number[], epsilon = 1e-5): Value {
  const centred = ops.sub(x, mean(ops, x, axes))
  return ops.div(centred, ops.sqrt(ops.add(mean(ops, squares(ops, centred), axes), epsilon)))
}

const gamma = (ops: Ops) => ops.parameter('gamma', [4, 1, 1])
const beta = (ops: Ops) => ops.parameter('beta', [4, 1, 1])

/** Group norm of two groups on `[n, 4, 8, 8]`. */
function grouped(ops: Ops, x: Value, normal: (x: Value) => Value): Value {
  const back = ops.reshape(normal(ops.reshape(x, ['n', 2, 128])), x.shape)
  return ops.add(ops.mul(back, gamma(ops)), beta(ops))
}

/** Spellings seen in exports of PyTorch (legacy and dynamo), tf2onnx, Keras and TensorFlow.js, and in published code. */
export const spelled: Readonly<Record<string, Spelled>> = {
  'hard-swish': {
    operator: (o, x) => o.hardSwish(x),
    spellings: {
      'x · clip(x + 3, 0, 6) / 6': (o, x) => o.div(o.mul(x, o.clip(o.add(x, 3), 0, 6)), 6),
      'x · (clip(x + 3, 0, 6) / 6)': (o, x) => o.mul(x, o.div(o.clip(o.add(x, 3), 0, 6), 6)),
      'x · clip(x + 3, 0, 6) · 1/6': (o, x) => o.mul(o.mul(o.clip(o.add(x, 3), 0, 6), 1 / 6), x),
      '(x/6) · relu6(x + 3) of two bounds': (o, x) => o.mul(o.div(x, 6), o.min(o.max(o.add(x, 3), 0), 6)),
      'x · min(relu(x + 3), 6)/6': (o, x) => o.mul(x, o.div(o.min(o.relu(o.add(x, 3)), 6), 6)),
      'x · hard-sigmoid': (o, x) => o.mul(x, o.hardSigmoid(x, 1 / 6, 0.5)),
      'x · clip(x/6 + ½, 0, 1)': (o, x) => o.mul(x, o.clip(o.add(o.div(x, 6), 0.5), 0, 1)),
    },
  },
  'log sigmoid': {
    operator: (o, x) => o.neg(o.softplus(o.neg(x))),
    spellings: {
      'log(sigmoid(x))': (o, x) => o.log(o.sigmoid(x)),
      'x − softplus(x)': (o, x) => o.sub(x, o.softplus(x)),
      '−log(1 + exp(−x))': (o, x) => o.neg(o.log(o.add(o.exp(o.neg(x)), 1))),
      'min(x, 0) − log(1 + exp(−|x|))': (o, x) => o.sub(o.min(x, 0), o.log(o.add(o.exp(o.neg(o.abs(x))), 1))),
    },
  },
  'hard sigmoid': {
    operator: (o, x) => o.hardSigmoid(x, 1 / 6, 0.5),
    spellings: {
      'clip(x + 3, 0, 6)/6': (o, x) => o.div(o.clip(o.add(x, 3), 0, 6), 6),
      'clip(x + 3, 0, 6) · 1/6': (o, x) => o.mul(o.clip(o.add(x, 3), 0, 6), 1 / 6),
      'clip(x/6 + ½, 0, 1)': (o, x) => o.clip(o.add(o.mul(x, 1 / 6), 0.5), 0, 1),
      'max(0, min(1, x/6 + ½))': (o, x) => o.max(o.min(o.add(o.div(x, 6), 0.5), 1), 0),
      'min(relu(x + 3), 6)/6': (o, x) => o.div(o.min(o.relu(o.add(x, 3)), 6), 6),
    },
  },
  'hard sigmoid of Keras 2': {
    operator: (o, x) => o.hardSigmoid(x, 0.2, 0.5),
    spellings: { 'clip(0.2x + ½, 0, 1)': (o, x) => o.clip(o.add(o.mul(x, 0.2), 0.5), 0, 1) },
  },
  gelu: {
    operator: (o, x) => o.gelu(x),
    spellings: {
      '½x · (1 + erf(x/√2))': (o, x) => o.mul(o.mul(x, 0.5), o.add(o.erf(o.div(x, root2)), 1)),
      '(x · (1 + erf(x/√2))) · ½': (o, x) => o.mul(o.mul(x, o.add(o.erf(o.div(x, root2)), 1)), 0.5),
      'x · (½ · (1 + erf(x · √½)))': (o, x) => o.mul(x, o.mul(o.add(o.erf(o.mul(x, Math.SQRT1_2)), 1), 0.5)),
      'x · (½ + ½ erf(x/√2))': (o, x) => o.mul(x, o.add(o.mul(o.erf(o.div(x, root2)), 0.5), 0.5)),
      'x · (1 + erf(x/√2))/2': (o, x) => o.div(o.mul(x, o.add(o.erf(o.div(x, root2)), 1)), 2),
      '½x + ½x · erf(x/√2)': (o, x) =>
        o.add(o.mul(x, 0.5), o.mul(o.mul(x, 0.5), o.erf(o.div(x, o.sqrt(o.constant(2)))))),
      'x · ½ · (1 − erf(−x/√2))': (o, x) => o.mul(o.mul(x, 0.5), o.sub(1, o.erf(o.div(o.neg(x), root2)))),
    },
  },
  'gelu by tanh': {
    operator: (o, x) => o.gelu(x, 'tanh'),
    spellings: {
      '½x · (1 + tanh(√(2/π)(x + .044715x³)))': (o, x) => o.mul(o.mul(x, 0.5), o.add(o.tanh(inner(o, x)), 1)),
      'with the constants people type': (o, x) =>
        o.mul(
          o.mul(x, 0.5),
          o.add(o.tanh(o.mul(o.mul(x, 0.7978845608), o.add(o.mul(o.mul(x, x), 0.044715), 1))), 1),
        ),
      'a power, and the half last': (o, x) =>
        o.mul(o.mul(x, o.add(o.tanh(o.mul(o.add(x, o.mul(o.pow(x, 3), 0.044715)), factor)), 1)), 0.5),
    },
  },
  'quick gelu': {
    operator: (o, x) => o.swish(x, 1.702),
    spellings: {
      'x · sigmoid(1.702x)': (o, x) => o.mul(x, o.sigmoid(o.mul(x, 1.702))),
      'x/(1 + exp(−1.702x))': (o, x) => o.div(x, o.add(o.exp(o.mul(x, -1.702)), 1)),
    },
  },
  silu: {
    operator: (o, x) => o.swish(x),
    spellings: {
      'x · sigmoid(x)': (o, x) => o.mul(x, o.sigmoid(x)),
      'x/(1 + exp(−x))': (o, x) => o.div(x, o.add(o.exp(o.neg(x)), 1)),
      'x · 1/(1 + exp(−x))': (o, x) => o.mul(x, o.reciprocal(o.add(o.exp(o.neg(x)), 1))),
      'x · ½(1 + tanh(x/2))': (o, x) => o.mul(x, o.mul(o.add(o.tanh(o.div(x, 2)), 1), 0.5)),
    },
  },
  mish: {
    operator: (o, x) => o.mish(x),
    spellings: {
      'x · tanh(softplus(x))': (o, x) => o.mul(x, o.tanh(o.softplus(x))),
      'x · tanh(log(1 + exp(x)))': (o, x) => o.mul(x, o.tanh(o.log(o.add(o.exp(x), 1)))),
    },
  },
  softplus: {
    operator: (o, x) => o.softplus(x),
    spellings: {
      'log(1 + exp(x))': (o, x) => o.log(o.add(o.exp(x), 1)),
      'with a threshold beside the operator': (o, x) => o.where(o.greater(x, 20), x, o.softplus(x)),
      'with a threshold': (o, x) => o.where(o.greater(x, 20), x, o.log(o.add(o.exp(x), 1))),
      'relu(x) + log(1 + exp(−|x|))': (o, x) => o.add(o.relu(x), o.log(o.add(o.exp(o.neg(o.abs(x))), 1))),
    },
  },
  ReLU: {
    operator: (o, x) => o.relu(x),
    spellings: {
      'max(x, 0)': (o, x) => o.max(x, 0),
      'a choice': (o, x) => o.where(positive(o, x), x, 0),
      'x · [x > 0]': (o, x) => o.mul(x, o.cast(positive(o, x), 'float32')),
      '(x + |x|)/2': (o, x) => o.div(o.add(x, o.abs(x)), 2),
    },
  },
  ReLU6: {
    operator: (o, x) => o.clip(x, 0, 6),
    spellings: {
      'min(relu(x), 6)': (o, x) => o.min(o.relu(x), 6),
      'min(max(x, 0), 6)': (o, x) => o.min(o.max(x, 0), 6),
      'max(min(x, 6), 0)': (o, x) => o.max(o.min(x, 6), 0),
      'relu(x) − relu(x − 6)': (o, x) => o.sub(o.relu(x), o.relu(o.sub(x, 6))),
      'two clips': (o, x) => o.clip(o.relu(x), -Infinity, 6),
    },
  },
  hardtanh: {
    operator: (o, x) => o.clip(x, -1, 1),
    spellings: { 'min(max(x, −1), 1)': (o, x) => o.min(o.max(x, -1), 1) },
  },
  'leaky ReLU': {
    operator: (o, x) => o.leakyRelu(x, 0.1),
    spellings: {
      'max(x, .1x)': (o, x) => o.max(x, o.mul(x, 0.1)),
      'a choice': (o, x) => o.where(positive(o, x), x, o.mul(x, 0.1)),
      'relu(x) − .1 relu(−x)': (o, x) => o.sub(o.relu(x), o.mul(o.relu(o.neg(x)), 0.1)),
      'max(x, 0) + .1 min(x, 0)': (o, x) => o.add(o.max(x, 0), o.mul(o.min(x, 0), 0.1)),
      '.55x + .45|x|': (o, x) => o.add(o.mul(x, 0.55), o.mul(o.abs(x), 0.45)),
    },
  },
  PReLU: {
    operator: (o, x) => o.pRelu(x, slope(o)),
    spellings: {
      'relu(x) − a · relu(−x)': (o, x) => o.sub(o.relu(x), o.mul(slope(o), o.relu(o.neg(x)))),
      'max(x, 0) + a · min(x, 0)': (o, x) => o.add(o.max(x, 0), o.mul(slope(o), o.min(x, 0))),
      'a choice': (o, x) => o.where(positive(o, x), x, o.mul(slope(o), x)),
      'a choice of x ≥ 0': (o, x) => o.where(o.greaterOrEqual(x, 0), x, o.mul(slope(o), x)),
      'relu(x) + a · (x − |x|)/2': (o, x) =>
        o.add(o.relu(x), o.mul(o.mul(slope(o), o.sub(x, o.abs(x))), 0.5)),
    },
  },
  'PReLU of a slope with its sign turned': {
    operator: (o, x) => o.pRelu(x, o.neg(slope(o))),
    spellings: { 'relu(x) + a · relu(−x)': (o, x) => o.add(o.relu(x), o.mul(slope(o), o.relu(o.neg(x)))) },
  },
  elu: {
    operator: (o, x) => o.elu(x, 1),
    spellings: {
      'a choice': (o, x) => o.where(positive(o, x), x, o.sub(o.exp(x), 1)),
      'of what is not positive': (o, x) => o.where(positive(o, x), x, o.sub(o.exp(o.min(x, 0)), 1)),
      'relu(x) + min(exp(x) − 1, 0)': (o, x) => o.add(o.relu(x), o.min(o.sub(o.exp(x), 1), 0)),
      'relu(x) − relu(1 − exp(x))': (o, x) => o.sub(o.relu(x), o.relu(o.sub(1, o.exp(x)))),
    },
  },
  selu: {
    operator: (o, x) => o.selu(x, 1.6732632423543772, 1.0507009873554805),
    spellings: {
      'a choice': (o, x) =>
        o.mul(o.where(positive(o, x), x, o.mul(o.sub(o.exp(x), 1), 1.6732632423543772)), 1.0507009873554805),
      'a factor times ELU': (o, x) => o.mul(o.elu(x, 1.6732632423543772), 1.0507009873554805),
    },
  },
  celu: {
    operator: (o, x) => o.mul(o.elu(o.div(x, 1.5), 1), 1.5),
    spellings: {
      'max(x, 0) + min(α(exp(x/α) − 1), 0)': (o, x) =>
        o.add(o.max(x, 0), o.min(o.mul(o.sub(o.exp(o.div(x, 1.5)), 1), 1.5), 0)),
    },
  },
  sigmoid: {
    operator: (o, x) => o.sigmoid(x),
    spellings: { '1/(1 + exp(−x))': (o, x) => o.div(1, o.add(o.exp(o.neg(x)), 1)) },
  },
  'layer norm over everything': {
    operator: (o, x) => o.add(o.mul(standard(o, x, [1, 2, 3]), gamma(o)), beta(o)),
    spellings: {
      'a square as a power': (o, x) => {
        const centred = o.sub(x, mean(o, x, [1, 2, 3]))
        const variance = mean(o, o.pow(centred, 2), [1, 2, 3])
        return o.add(o.mul(o.div(centred, o.sqrt(o.add(variance, 1e-5))), gamma(o)), beta(o))
      },
      'TensorFlow: x · s + (β − m · s)': (o, x) => {
        const m = mean(o, x, [1, 2, 3])
        const difference = o.sub(x, m)
        const variance = mean(o, squares(o, difference), [1, 2, 3])
        const scale = o.mul(o.reciprocal(o.sqrt(o.add(variance, 1e-5))), gamma(o))
        return o.add(o.mul(x, scale), o.sub(beta(o), o.mul(m, scale)))
      },
      'mean x² − m²': (o, x) => {
        const m = mean(o, x, [1, 2, 3])
        const variance = o.sub(mean(o, squares(o, x), [1, 2, 3]), squares(o, m))
        return o.add(o.mul(o.div(o.sub(x, m), o.pow(o.add(variance, 1e-5), 0.5)), gamma(o)), beta(o))
      },
    },
  },
  'layer norm over channels': {
    operator: (o, x) => standard(o, x, [1], 1e-6),
    spellings: {
      'times 1/√v': (o, x) => {
        const centred = o.sub(x, mean(o, x, [1]))
        const variance = mean(o, squares(o, centred), [1])
        return o.mul(centred, o.reciprocal(o.sqrt(o.add(variance, 1e-6))))
      },
      'two differences, and a power': (o, x) => {
        const variance = mean(o, o.pow(o.sub(x, mean(o, x, [1])), 2), [1])
        return o.mul(o.sub(x, mean(o, x, [1])), o.pow(o.add(variance, 1e-6), -0.5))
      },
      'sums over a count': (o, x) => {
        const m = o.div(o.reduceSum(x, { axes: [1] }), 4)
        const centred = o.add(x, o.neg(m))
        const variance = o.div(o.reduceSum(squares(o, centred), { axes: [1] }), 4)
        return o.div(centred, o.sqrt(o.add(variance, 1e-6)))
      },
    },
  },
  'group norm': {
    operator: (o, x) => grouped(o, x, (rows) => standard(o, rows, [2])),
    spellings: {
      'times 1/√v': (o, x) =>
        grouped(o, x, (rows) => {
          const centred = o.sub(rows, mean(o, rows, [2]))
          const variance = mean(o, o.pow(centred, 2), [2])
          return o.mul(centred, o.reciprocal(o.sqrt(o.add(variance, 1e-5))))
        }),
    },
  },
  'RMS norm': {
    operator: (o, x) => o.mul(o.div(x, o.sqrt(o.add(mean(o, squares(o, x), [1]), 1e-6))), gamma(o)),
    spellings: {
      'times 1/√': (o, x) =>
        o.mul(gamma(o), o.mul(x, o.reciprocal(o.sqrt(o.add(mean(o, o.pow(x, 2), [1]), 1e-6))))),
    },
  },
  'L2 norm': {
    operator: (o, x) => o.div(x, o.clip(o.sqrt(o.reduceSum(squares(o, x), { axes: [1] })), 1e-6, Infinity)),
    spellings: {
      'max of the length': (o, x) => o.div(x, o.max(o.sqrt(o.reduceSum(o.pow(x, 2), { axes: [1] })), 1e-6)),
      'Keras: times 1/√max(Σx², ε)': (o, x) =>
        o.mul(x, o.reciprocal(o.sqrt(o.max(o.reduceSum(squares(o, x), { axes: [1] }), 1e-12)))),
      expanded: (o, x) =>
        o.div(
          x,
          o.expand(o.clip(o.sqrt(o.reduceSum(squares(o, x), { axes: [1] })), 1e-6, Infinity), x.shape),
        ),
    },
  },
}
