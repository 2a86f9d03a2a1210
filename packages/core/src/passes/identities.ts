import type { OpName, Operators } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import { sameShape } from '../graph/shape.ts'
import { madeBy, type Value } from '../graph/value.ts'
import type { BuildPass } from './build-pass.ts'

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

/** What is known to be simpler, operator by operator. Only facts that hold for every input and weight state count. */
const table: { [K in OpName]?: Simplify<K> } = {
  Relu: ([x]) => (x.sign === 'nonnegative' ? x : undefined),
  Abs: ([x], _, ops) => (x.sign === 'nonnegative' ? x : x.sign === 'nonpositive' ? ops.neg(x) : undefined),
  Add: ([a, b]) => (isZero(a) ? unlessEnlarged(b, a) : isZero(b) ? unlessEnlarged(a, b) : undefined),
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
  Resize: ([x], { size }) => (sameShape(x.shape.slice(2), size) ? x : undefined),
  Concat: (inputs: readonly Value[]) => (inputs.length === 1 ? inputs[0] : undefined),
  Pad: ([x], { pads }) => (pads.every(([before, after]) => before === 0 && after === 0) ? x : undefined),
  ReduceSum: ([x], { axes, keepdims }) =>
    keepdims && axes.every((axis) => x.shape[axis] === 1) ? x : undefined,
  ReduceMean: ([x], { axes, keepdims }) =>
    keepdims && axes.every((axis) => x.shape[axis] === 1) ? x : undefined,
}
/** Drops an operator that returns one of its inputs. */
export const identities: BuildPass = {
  name: 'identities',
  when: 'build',
  does: 'An operator that changes nothing becomes its input: the ReLU of what is not negative, x + 0, x · 1, a reshape to the shape that is there.',
  needs: 'It holds for every image and every weight, and broadcasting does not enlarge the input.',
  rewrite: ({ op, inputs, attributes }, ops) => table[op]?.(inputs as never, attributes as never, ops),
}
