import type { Ops, Value } from '@saliency/core'
import { like, asSourceValue, type SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { activations } from '../activations.ts'
import { together } from '../layers/merge.ts'
import { beside, type Constant } from './constant.ts'
import type { Operation } from './operation.ts'

type Operand = SourceValue | Constant
type Combine = (ops: Ops, a: Value | number, b: Value | number) => Value

const isSourceValue = (operand: Operand): operand is SourceValue => 'value' in operand

/** Combines two operands, either of which may be numbers, in the order in which they are given. */
function combine(ops: Ops, a: Operand, b: Operand, operation: Combine): SourceValue {
  if (isSourceValue(a) && isSourceValue(b)) {
    const [left, right] = together([a, b], ops) as readonly [SourceValue, SourceValue]
    return like(left, operation(ops, left.value, right.value))
  }
  if (isSourceValue(a)) {
    const [base, numbers] = beside(a, b as Constant, ops)
    return like(base, operation(ops, base.value, numbers))
  }
  if (isSourceValue(b)) {
    const [base, numbers] = beside(b, a, ops)
    return like(base, operation(ops, numbers, base.value))
  }
  throw unsupported('reads nothing that depends on the image')
}

const binary = (operation: Combine): Operation => ({
  parameters: ['x1', 'x2'],
  build: ({ arguments: given, ops }) => combine(ops, given.operand('x1'), given.operand('x2'), operation),
})

const unary = (operation: (ops: Ops, x: Value) => Value): Operation => ({
  parameters: ['x'],
  build({ arguments: given, ops }) {
    const x = given.sourceValue('x')
    return like(x, operation(ops, x.value))
  },
})

/** An activation of the table of activations, under another name. */
const activation = (name: keyof typeof activations): Operation => ({
  parameters: ['x'],
  build({ arguments: given, ops }) {
    const x = given.sourceValue('x')
    return like(x, (activations[name] as (typeof activations)[string])(x, ops))
  },
})

const elu: Operation = {
  parameters: ['x', 'alpha'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    return like(x, ops.elu(x.value, config.number('alpha', 1)))
  },
}

const leakyRelu: Operation = {
  parameters: ['x', 'negative_slope'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    return like(x, ops.leakyRelu(x.value, config.number('negative_slope', 0.2)))
  },
}

const softmax = (operation: (ops: Ops, x: Value, axis: number) => Value): Operation => ({
  parameters: ['x', 'axis'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    const axis = x.axes.at(config.number('axis', -1))
    if (axis === undefined) throw unsupported(`softmax over axis ${config.number('axis', -1)}`)
    return like(x, operation(ops, x.value, axis))
  },
})

/** A square is written as x · x: its gradient is simpler, and exact at zero. */
const power: Operation = {
  parameters: ['x1', 'x2'],
  build({ arguments: given, ops }) {
    const [x1, x2] = [given.operand('x1'), given.operand('x2')]
    const isSquare = isSourceValue(x1) && !isSourceValue(x2) && x2.data.length === 1 && x2.data[0] === 2
    return isSquare ? like(x1, ops.mul(x1.value, x1.value)) : combine(ops, x1, x2, (o, a, b) => o.pow(a, b))
  },
}

const clip: Operation = {
  parameters: ['x', 'x_min', 'x_max'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    return like(x, ops.clip(x.value, config.number('x_min'), config.number('x_max')))
  },
}

const gelu: Operation = {
  parameters: ['x', 'approximate'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    const name = config.boolean('approximate', true) ? 'gelu_new' : 'gelu'
    return like(x, (activations[name] as (typeof activations)[string])(x, ops))
  },
}

/** Both branches may be numbers. */
const where: Operation = {
  parameters: ['condition', 'x1', 'x2'],
  build({ arguments: given, ops }) {
    const condition = given.sourceValue('condition')
    const align = (operand: Operand): Value | number => {
      if (!isSourceValue(operand)) {
        const [base, numbers] = beside(condition, operand, ops)
        if (base !== condition) throw unsupported('numbers beside a flattened condition')
        return numbers
      }
      const [first, second] = together([condition, operand], ops) as readonly [SourceValue, SourceValue]
      if (first !== condition) throw unsupported('a condition in another order than its branches')
      return second.value
    }
    const [x1, x2] = [align(given.operand('x1')), align(given.operand('x2'))]
    return like(condition, ops.where(condition.value, x1, x2))
  },
}

const dtypes = new Set(['float32', 'float16', 'bfloat16', 'float64'])

/** Floats of any width are one; whole numbers would have to be rounded. */
const cast: Operation = {
  parameters: ['x', 'dtype'],
  build({ arguments: { sourceValue, config }, ops }) {
    const x = sourceValue('x')
    const dtype = config.string('dtype', 'float32')
    if (!dtypes.has(dtype)) throw unsupported(`a conversion to ${dtype}`)
    return x.value.dtype === 'bool' ? like(x, ops.cast(x.value, 'float32')) : x
  },
}

/** The value as it is, placed anew where it was only copied. */
const same: Operation = { parameters: ['x'], build: ({ arguments: given }) => given.sourceValue('x') }

const sum: Operation = {
  parameters: ['xs'],
  build({ arguments: given, ops }) {
    const [first, ...others] = together(given.list('xs'), ops) as readonly [SourceValue, ...SourceValue[]]
    return like(
      first,
      others.reduce((total, { value }) => ops.add(total, value), first.value),
    )
  },
}

const matmul: Operation = {
  parameters: ['x1', 'x2'],
  build({ arguments: given, ops }) {
    const operands = [given.operand('x1'), given.operand('x2')] as const
    const values = operands.map((operand) => {
      if (!isSourceValue(operand)) return ops.constant([...operand.data], operand.shape)
      if (operand.axes.length !== 2 || operand.flattened)
        throw unsupported('a product of what is no list of numbers for each image')
      return operand.value
    })
    return asSourceValue(ops.matMul(values[0] as Value, values[1] as Value))
  },
}

/** Arithmetic, comparisons and activations, element by element, by Keras 3's names. */
export const elementwiseOperations: Readonly<Record<string, Operation>> = {
  Add: binary((ops, a, b) => ops.add(a, b)),
  Subtract: binary((ops, a, b) => ops.sub(a, b)),
  Multiply: binary((ops, a, b) => ops.mul(a, b)),
  Divide: binary((ops, a, b) => ops.div(a, b)),
  TrueDivide: binary((ops, a, b) => ops.div(a, b)),
  Power: power,
  Maximum: binary((ops, a, b) => ops.max(a, b)),
  Minimum: binary((ops, a, b) => ops.min(a, b)),
  SquaredDifference: binary((ops, a, b) => {
    const difference = ops.sub(a, b)
    return ops.mul(difference, difference)
  }),
  Greater: binary((ops, a, b) => ops.greater(a, b)),
  GreaterEqual: binary((ops, a, b) => ops.greaterOrEqual(a, b)),
  Less: binary((ops, a, b) => ops.less(a, b)),
  LessEqual: binary((ops, a, b) => ops.lessOrEqual(a, b)),
  Equal: binary((ops, a, b) => ops.equal(a, b)),
  NotEqual: binary((ops, a, b) => ops.not(ops.equal(a, b))),
  LogicalAnd: binary((ops, a, b) => ops.and(a, b)),
  LogicalOr: binary((ops, a, b) => ops.or(a, b)),
  LogicalNot: unary((ops, x) => ops.not(x)),
  Where: where,
  Clip: clip,
  Negative: unary((ops, x) => ops.neg(x)),
  Absolute: unary((ops, x) => ops.abs(x)),
  Abs: unary((ops, x) => ops.abs(x)),
  Sign: unary((ops, x) => ops.sign(x)),
  Square: unary((ops, x) => ops.mul(x, x)),
  Sqrt: unary((ops, x) => ops.sqrt(x)),
  Rsqrt: unary((ops, x) => ops.reciprocal(ops.sqrt(x))),
  Reciprocal: unary((ops, x) => ops.reciprocal(x)),
  Exp: unary((ops, x) => ops.exp(x)),
  Expm1: unary((ops, x) => ops.sub(ops.exp(x), 1)),
  Log: unary((ops, x) => ops.log(x)),
  Log1p: unary((ops, x) => ops.log(ops.add(x, 1))),
  Erf: unary((ops, x) => ops.erf(x)),
  Sin: unary((ops, x) => ops.sin(x)),
  Cos: unary((ops, x) => ops.cos(x)),
  Tanh: activation('tanh'),
  Sigmoid: activation('sigmoid'),
  LogSigmoid: unary((ops, x) => ops.neg(ops.softplus(ops.neg(x)))),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  HardTanh: unary((ops, x) => ops.clip(x, -1, 1)),
  HardSigmoid: unary((ops, x) => ops.hardSigmoid(x, 1 / 6, 0.5)),
  HardSilu: activation('hard_silu'),
  Silu: activation('silu'),
  Selu: activation('selu'),
  Gelu: gelu,
  Elu: elu,
  LeakyRelu: leakyRelu,
  Softmax: softmax((ops, x, axis) => ops.softmax(x, axis)),
  LogSoftmax: softmax((ops, x, axis) => ops.logSoftmax(x, axis)),
  Matmul: matmul,
  AddN: sum,
  Cast: cast,
  StopGradient: same,
  Copy: same,
  ConvertToTensor: same,
}
