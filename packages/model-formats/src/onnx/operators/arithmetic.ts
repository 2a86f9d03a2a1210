import { dependsOnInput, type Ops, type Shape, type Value } from '@saliency/core'
import type { ConstantTensor } from '../../constant/constant-tensor.ts'
import { isConstant, type NodeCall, type OperatorImporter } from '../node-call.ts'

type Combine = (ops: Ops, a: Value, b: Value) => Value

const binary =
  (combine: Combine): OperatorImporter =>
  (call) => {
    const [a, b] = call.operands() as readonly [Value, Value]
    return [combine(call.ops, a, b)]
  }

/** Operators that take any number of operands. */
const variadic =
  (combine: Combine): OperatorImporter =>
  (call) => {
    const [first, ...rest] = call.operands()
    return [rest.reduce((sum, value) => combine(call.ops, sum, value), first as Value)]
  }

/** True where `known` holds one number a channel of `value`: `[c]` beside `[n, c]`, `[c, 1, 1]` beside `[n, c, h, w]`. */
function isPerChannel(known: ConstantTensor, { shape }: Value, size: number): boolean {
  const aligned: Shape = [...shape.map(() => 1), ...known.shape].slice(-shape.length)
  const isChannel = shape.length === 2 || shape.length === 4
  return (
    isChannel &&
    known.shape.length <= shape.length &&
    aligned.every((dim, axis) => dim === (axis === 1 ? size : 1))
  )
}

/** An addition of one number a channel behind a product without a bias is that product's bias. */
function asBias(call: NodeCall): Value | undefined {
  const [a, b] = call.inputs
  const [value, known] = a && isConstant(a) ? [b, a] : [a, b]
  if (!value || isConstant(value) || !known || !isConstant(known)) return undefined
  const product = call.productBefore(value)
  return product && isPerChannel(known, value, product.size) ? product.withBias(known) : undefined
}

const sum = variadic((ops, a, b) => ops.add(a, b))

const add: OperatorImporter = (call) => {
  const biased = asBias(call)
  return biased ? [biased] : sum(call)
}

const mean: OperatorImporter = (call) => {
  const [total] = sum(call)
  return [call.ops.div(total as Value, call.inputs.length)]
}

const not: OperatorImporter = (call) => [call.ops.not(call.value(0))]

const where: OperatorImporter = (call) => {
  const [condition, a, b] = call.operands() as readonly [Value, Value, Value]
  return [call.ops.where(condition, a, b)]
}

/** Every number equals itself; what is no number does not. */
const isNaN: OperatorImporter = (call) => {
  const x = call.value(0)
  return [call.ops.not(call.ops.equal(x, x))]
}

/** A square is written as x · x: its gradient is simpler, and exact at zero. */
const pow: OperatorImporter = (call) => {
  const [x, exponent] = [call.value(0), call.inputs[1]]
  if (
    exponent &&
    isConstant(exponent) &&
    exponent.data.length === 1 &&
    exponent.data[0] === 2 &&
    dependsOnInput(x)
  ) {
    return [call.ops.mul(x, x)]
  }
  return [call.ops.pow(x, call.value(1))]
}

/** Arithmetic, comparisons and choices, element by element. */
export const arithmeticOperators: Readonly<Record<string, OperatorImporter>> = {
  Add: add,
  Sub: binary((ops, a, b) => ops.sub(a, b)),
  Mul: binary((ops, a, b) => ops.mul(a, b)),
  Div: binary((ops, a, b) => ops.div(a, b)),
  Pow: pow,
  Max: variadic((ops, a, b) => ops.max(a, b)),
  Min: variadic((ops, a, b) => ops.min(a, b)),
  Sum: sum,
  Mean: mean,
  Equal: binary((ops, a, b) => ops.equal(a, b)),
  Greater: binary((ops, a, b) => ops.greater(a, b)),
  Less: binary((ops, a, b) => ops.less(a, b)),
  GreaterOrEqual: binary((ops, a, b) => ops.greaterOrEqual(a, b)),
  LessOrEqual: binary((ops, a, b) => ops.lessOrEqual(a, b)),
  And: binary((ops, a, b) => ops.and(a, b)),
  Or: binary((ops, a, b) => ops.or(a, b)),
  Not: not,
  IsNaN: isNaN,
  Where: where,
}
