import type {
  BinaryOperator,
  Operators,
  OpName,
  Pads,
  Pair,
  PoolAttributes,
  UnaryOperator,
} from './operators.ts'
import type { Operand, Ops, Reduction } from './ops.ts'
import { fittedPool } from './pool-windows.ts'
import { nearestSource } from './resize-source.ts'
import { forOneImage, normalizeAxis, type Shape } from './shape.ts'
import type { Build, Value } from './value.ts'

const unit: Pair = [1, 1]
const noPads: Pads = [0, 0, 0, 0]
const convDefaults = { strides: unit, pads: noPads, dilations: unit, group: 1 }
const poolDefaults = { strides: unit, pads: noPads, dilations: unit, ceilMode: false }

/** Attributes in a fixed order, so that equal ones always have equal keys. */
function pool(
  x: Value,
  { kernel, ...rest }: Pick<PoolAttributes, 'kernel'> & Partial<PoolAttributes>,
): PoolAttributes {
  const { strides, pads, dilations, ceilMode } = { ...poolDefaults, ...rest }
  return fittedPool(x.shape, { kernel, strides, pads, dilations, ceilMode })
}

type Reduce = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin'

/** What builders go by. */
interface OpsSettings {
  /** By 1, shapes mean one image by `n`. */
  readonly batch?: 1 | undefined
  /** Numbers among operands are one constant each, because the way of adding nodes shares them. */
  readonly numbers?: Map<number, Value>
}

/** Makes the typed builders over one way of adding nodes. */
export function createOps(build: Build, { batch, numbers }: OpsSettings = {}): Ops {
  const settled = (shape: Shape): Shape => (batch === undefined ? shape : forOneImage(shape))
  const one = <K extends OpName>(op: K, inputs: readonly Value[], attributes: Operators[K]): Value =>
    build(op, inputs, attributes)[0] as Value
  const constant: Ops['constant'] = (data, shape, dtype = 'float32') => {
    const list = typeof data === 'number' ? [data] : data
    return one('Constant', [], {
      dtype,
      shape: shape ?? (typeof data === 'number' ? [] : [list.length]),
      data: list,
    })
  }
  function value(operand: Operand): Value {
    if (typeof operand !== 'number') return operand
    const known = numbers?.get(operand)
    // A map takes −0 for 0.
    if (known && operand !== 0) return known
    const made = constant(operand)
    numbers?.set(operand, made)
    return made
  }
  const unary = (op: UnaryOperator) => (x: Value) => one(op, [x], {})
  const binary = (op: BinaryOperator) => (a: Operand, b: Operand) => one(op, [value(a), value(b)], {})
  const reduction =
    (op: Reduce) =>
    (x: Value, { axes, keepdims = true }: Reduction = {}) => {
      const all = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, x.shape.length))
      return one(op, [x], { axes: all.toSorted((a, b) => a - b), keepdims })
    }
  return {
    input: (name, shape) => one('Input', [], { name, shape: settled(shape) }),
    parameter: (name, shape, role = 'other', initializer) =>
      one('Parameter', [], { name, shape, role, ...(initializer && { initializer }) }),
    constant,
    fill: (shape, number) => one('Fill', [], { shape: settled(shape), value: number }),
    relu: unary('Relu'),
    neg: unary('Neg'),
    abs: unary('Abs'),
    sign: unary('Sign'),
    round: unary('Round'),
    sqrt: unary('Sqrt'),
    reciprocal: unary('Reciprocal'),
    exp: unary('Exp'),
    log: unary('Log'),
    sigmoid: unary('Sigmoid'),
    tanh: unary('Tanh'),
    erf: unary('Erf'),
    sin: unary('Sin'),
    cos: unary('Cos'),
    softplus: unary('Softplus'),
    softsign: unary('Softsign'),
    not: unary('Not'),
    add: binary('Add'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('Div'),
    pow: binary('Pow'),
    max: binary('Max'),
    min: binary('Min'),
    equal: binary('Equal'),
    greater: binary('Greater'),
    less: binary('Less'),
    greaterOrEqual: binary('GreaterOrEqual'),
    lessOrEqual: binary('LessOrEqual'),
    and: binary('And'),
    or: binary('Or'),
    where: (condition, a, b) => one('Where', [condition, value(a), value(b)], {}),
    clip: (x, minimum, maximum) => one('Clip', [x], { minimum, maximum }),
    leakyRelu: (x, alpha) => one('LeakyRelu', [x], { alpha }),
    pRelu: (x, slope) => one('PRelu', [x, slope], {}),
    elu: (x, alpha) => one('Elu', [x], { alpha }),
    selu: (x, alpha, gamma) => one('Selu', [x], { alpha, gamma }),
    hardSigmoid: (x, alpha, beta) => one('HardSigmoid', [x], { alpha, beta }),
    hardSwish: unary('HardSwish'),
    mish: unary('Mish'),
    gelu: (x, approximate = 'none') => one('Gelu', [x], { approximate }),
    swish: (x, alpha = 1) => one('Swish', [x], { alpha }),
    cast: (x, to) => (x.dtype === to ? x : one('Cast', [x], { to })),
    reduceSum: reduction('ReduceSum'),
    reduceMean: reduction('ReduceMean'),
    reduceMax: reduction('ReduceMax'),
    reduceMin: reduction('ReduceMin'),
    softmax: (x, axis = -1) => one('Softmax', [x], { axis: normalizeAxis(axis, x.shape.length) }),
    logSoftmax: (x, axis = -1) => one('LogSoftmax', [x], { axis: normalizeAxis(axis, x.shape.length) }),
    topK(x, k, { axis = -1, largest = true, sorted = false } = {}) {
      const [values, indices] = build('TopK', [x], {
        k,
        axis: normalizeAxis(axis, x.shape.length),
        largest,
        sorted,
      })
      return { values: values as Value, indices: indices as Value }
    },
    conv(x, w, b, attributes) {
      const { strides, pads, dilations, group } = { ...convDefaults, ...attributes }
      return one('Conv', b ? [x, w, b] : [x, w], { strides, pads, dilations, group })
    },
    convTranspose(x, w, b, attributes) {
      const { strides, pads, dilations, group, outputPadding = [0, 0] } = { ...convDefaults, ...attributes }
      return one('ConvTranspose', b ? [x, w, b] : [x, w], { strides, pads, dilations, group, outputPadding })
    },
    gemm: (x, w, b, { transB = false } = {}) => one('Gemm', b ? [x, w, b] : [x, w], { transB }),
    matMul: (a, b) => one('MatMul', [a, b], {}),
    maxPool: (x, attributes) => one('MaxPool', [x], pool(x, attributes)),
    maxPoolIndices: (x, attributes) => build('MaxPool', [x], pool(x, attributes))[1] as Value,
    averagePool: (x, { countIncludePad = false, ...rest }) =>
      one('AveragePool', [x], { ...pool(x, rest), countIncludePad }),
    globalAveragePool: (x) => one('GlobalAveragePool', [x], {}),
    globalMaxPool: (x) => one('GlobalMaxPool', [x], {}),
    batchNormalization: (x, gamma, beta, mean, variance, epsilon) =>
      one('BatchNormalization', [x, gamma, beta, mean, variance], { epsilon }),
    reshape: (x, shape) => one('Reshape', [x], { shape: settled(shape) }),
    perChannel: (vector, x) =>
      one('Reshape', [vector], { shape: [...vector.shape, ...x.shape.slice(2).map(() => 1)] }),
    flatten: (x, axis = 1) => one('Flatten', [x], { axis }),
    transpose: (x, perm) => one('Transpose', [x], { perm }),
    expand: (x, shape) => one('Expand', [x], { shape: settled(shape) }),
    concat: (values, axis) =>
      one('Concat', values, { axis: normalizeAxis(axis, values[0]?.shape.length ?? 0) }),
    slice: (x, { axes, starts, ends, steps = axes.map(() => 1) }) =>
      one('Slice', [x], { axes, starts, ends, steps }),
    pad: (x, { pads, mode = 'constant', value: fill = 0 }) => one('Pad', [x], { pads, mode, value: fill }),
    resize(x, size, { mode = 'linear', coordinates = 'half_pixel' } = {}) {
      const from = x.shape.slice(2).map(Number)
      const isWhole = size.every((to, axis) => to % (from[axis] as number) === 0)
      if (mode === 'linear' || isWhole) return one('Resize', [x], { size, mode, coordinates })
      // Engines divide by a rounded factor and miss pixels where it is not whole, so the pixels are named.
      return size.reduce((value, to, axis) => {
        const [length, places] = [from[axis] as number, Array.from({ length: to }, (_, index) => index)]
        const indices = places.map((index) => nearestSource(index, length, to, coordinates))
        return one('Gather', [value], { axis: axis + 2, indices })
      }, x)
    },
    gather: (x, axis, indices) => one('Gather', [x], { axis: normalizeAxis(axis, x.shape.length), indices }),
    scatterAdd: (data, indices, updates, axis) =>
      one('ScatterElements', [data, indices, updates], { axis: normalizeAxis(axis, data.shape.length) }),
  }
}
