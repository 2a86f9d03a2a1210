import type { OpName, Operators } from './operators.ts'
import type { Ops } from './ops.ts'
import { sameShape } from './shape.ts'
import { dependsOnInput } from './reach.ts'
import { inferOutputs } from './infer.ts'
import { signsOf } from './sign.ts'
import { madeBy, type Value } from './value.ts'

type Simplify<K extends OpName> = (
  inputs: readonly [Value, Value, Value],
  attributes: Operators[K],
  ops: Ops,
) => Value | undefined

const isZero = (value: Value | undefined) => value?.sign === 'zero'
const isOne = (value: Value) => {
  const constant = madeBy(value, 'Constant')
  return (
    constant?.attributes.data.every((item) => item === 1) ?? madeBy(value, 'Fill')?.attributes.value === 1
  )
}

/** Keeps `value` only where broadcasting against `other` does not enlarge it. */
function unlessEnlarged(value: Value, other: Value): Value | undefined {
  return other.shape.length <= value.shape.length &&
    other.shape.every((dim, index) => {
      const own = value.shape[index + value.shape.length - other.shape.length]
      return dim === 1 || dim === own
    })
    ? value
    : undefined
}

/** y·a + y·b = y·(a + b): a signal that reaches a ReLU's output from two sides passes it once. */
function withCommonFactor(a: Value, b: Value, ops: Ops): Value | undefined {
  const [first, second] = [madeBy(a, 'Mul'), madeBy(b, 'Mul')]
  if (!first || !second || !dependsOnInput(a)) return undefined
  const isWhole = (value: Value) => sameShape(value.shape, a.shape) && dependsOnInput(value)
  const common = first.inputs.find((factor) => isWhole(factor) && second.inputs.includes(factor))
  if (!common) return undefined
  const [one, other] = [first, second].map(({ inputs }) => inputs[1 - inputs.indexOf(common)] as Value)
  return one && other && isWhole(one) && isWhole(other) ? ops.mul(common, ops.add(one, other)) : undefined
}

/** −(−x) = x and −(a / (b − c)) = a / (c − b), without a pass over what is negated. */
function negated(x: Value, ops: Ops): Value | undefined {
  const [above, below] = madeBy(x, 'Div')?.inputs ?? []
  const difference = below && madeBy(below, 'Sub')?.inputs
  if (above && difference) return ops.div(above, ops.sub(difference[1] as Value, difference[0] as Value))
  return madeBy(x, 'Neg')?.inputs[0]
}

/** Operators whose second output, the indices, is no zero. */
const severalOutputs = new Set<OpName>(['MaxPool', 'TopK'])

/** What is known to be simpler, operator by operator. Only facts that hold for every input and weight state count. */
const table: { [K in OpName]?: Simplify<K> } = {
  Relu: ([x]) => (x.sign === 'nonnegative' ? x : undefined),
  Abs: ([x], _, ops) => (x.sign === 'nonnegative' ? x : x.sign === 'nonpositive' ? ops.neg(x) : undefined),
  Neg: ([x], _, ops) => negated(x, ops),
  Add: ([a, b], _, ops) =>
    isZero(a) ? unlessEnlarged(b, a) : isZero(b) ? unlessEnlarged(a, b) : withCommonFactor(a, b, ops),
  Sub: ([a, b], _, ops) =>
    isZero(b) ? unlessEnlarged(a, b) : isZero(a) && unlessEnlarged(b, a) ? ops.neg(b) : undefined,
  Mul: ([a, b]) => (isOne(a) ? unlessEnlarged(b, a) : isOne(b) ? unlessEnlarged(a, b) : undefined),
  Div: ([a, b]) => (isOne(b) ? unlessEnlarged(a, b) : undefined),
  Max: ([a, b]) =>
    isZero(b) && a.sign === 'nonnegative'
      ? unlessEnlarged(a, b)
      : isZero(a) && b.sign === 'nonnegative'
        ? unlessEnlarged(b, a)
        : undefined,
  Min: ([a, b]) =>
    isZero(b) && a.sign === 'nonpositive'
      ? unlessEnlarged(a, b)
      : isZero(a) && b.sign === 'nonpositive'
        ? unlessEnlarged(b, a)
        : undefined,
  Where: ([condition, a, b]) => (a === b ? unlessEnlarged(a, condition) : undefined),
  Reshape([x], { shape }, ops) {
    const origin = madeBy(x, 'Reshape')?.inputs[0]
    return sameShape(x.shape, shape) ? x : origin && ops.reshape(origin, shape)
  },
  Expand: ([x], { shape }) => (sameShape(x.shape, shape) ? x : undefined),
  Transpose: ([x], { perm }) => (perm.every((axis, index) => axis === index) ? x : undefined),
  Concat: (inputs: readonly Value[]) => (inputs.length === 1 ? inputs[0] : undefined),
  Pad: ([x], { pads }) => (pads.every(([before, after]) => before === 0 && after === 0) ? x : undefined),
  ReduceSum: ([x], { axes, keepdims }) =>
    keepdims && axes.every((axis) => x.shape[axis] === 1) ? x : undefined,
  ReduceMean: ([x], { axes, keepdims }) =>
    keepdims && axes.every((axis) => x.shape[axis] === 1) ? x : undefined,
}
/**
 * Finds a simpler value equal to `op(inputs)`, if one is known: a rectified non-negative value is itself, and operators on
 * zero vanish. Imported layers never come here.
 */
export function simplify<K extends OpName>(
  op: K,
  inputs: readonly Value[],
  attributes: Operators[K],
  ops: Ops,
): Value | undefined {
  const [sign] = signsOf(op, inputs, attributes)
  if (sign === 'zero' && op !== 'Fill' && !severalOutputs.has(op)) {
    const [output] = inferOutputs(op, inputs, attributes)
    if (output?.dtype === 'float32') return ops.fill(output.shape, 0)
  }
  return table[op]?.(inputs as never, attributes, ops)
}
