import { computedSize } from '../weights/limits.ts'
import { broadcastShapes, divideDim, sizeOf, type Dim } from '@saliency/core'
import { unsupported } from '../problems.ts'
import { combineFloats, type FloatCombine } from './combine-floats.ts'
import { numbersIn, type ConstantTensor, type ConstantType } from './constant-tensor.ts'
import { positions } from './runs.ts'

type Combine = (a: Dim, b: Dim, isInteger: boolean) => Dim

/** An operation on plain numbers that has no meaning for the symbolic batch. */
const plain =
  (combine: (a: number, b: number) => number): ((a: Dim, b: Dim) => Dim) =>
  (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return combine(a, b)
    throw unsupported(`it computes with the batch size (${a} and ${b})`)
  }

const truth = (value: boolean): number => (value ? 1 : 0)

/** Sizes may be multiplied and divided with the batch in them, and added to zero. */
const combines: Readonly<Record<string, Combine>> = {
  Add: (a, b, isInteger) =>
    isInteger && a === 0 ? b : isInteger && b === 0 ? a : plain((x, y) => x + y)(a, b),
  Sub: (a, b, isInteger) => (isInteger && b === 0 ? a : plain((x, y) => x - y)(a, b)),
  Mul: (a, b) => (typeof a === 'number' && typeof b === 'number' ? a * b : sizeOf([a, b])),
  Div(a, b, isInteger) {
    if (typeof a === 'number' && typeof b === 'number') return isInteger ? Math.trunc(a / b) : a / b
    return divideDim(a, b) ?? plain(() => 0)(a, b)
  },
  Pow: plain((a, b) => a ** b),
  Max: plain(Math.max),
  Min: plain(Math.min),
  Mod: plain((a, b) => a - Math.floor(a / b) * b),
  Equal: (a, b) => (a === b ? 1 : plain((x, y) => truth(x === y))(a, b)),
  Greater: plain((a, b) => truth(a > b)),
  Less: plain((a, b) => truth(a < b)),
  GreaterOrEqual: plain((a, b) => truth(a >= b)),
  LessOrEqual: plain((a, b) => truth(a <= b)),
  And: plain((a, b) => truth(a !== 0 && b !== 0)),
  Or: plain((a, b) => truth(a !== 0 || b !== 0)),
  Xor: plain((a, b) => truth((a !== 0) !== (b !== 0))),
}

/** What kernels of millions of floats are put through, without a look at each item's kind. */
const floatCombines: Readonly<Record<string, FloatCombine>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
}

const comparisons = new Set(['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'And', 'Or', 'Xor'])

/** Names of the element-wise operations of two constant tensors. */
export const binaryNames: ReadonlySet<string> = new Set(Object.keys(combines))

/** The items of `known` spread to `shape` by broadcasting. */
export function broadcastItems(
  { data, shape: own }: ConstantTensor,
  shape: readonly number[],
  from = data.length,
): Dim[] {
  computedSize(shape, 'A constant', from)
  return Array.from(positions(shape, own), (position) => data[position] as Dim)
}

const resultOf = (items: Dim[], type: ConstantType): ArrayLike<Dim> =>
  type === 'float' ? Float32Array.from(numbersIn(items)) : items

/** Applies an element-wise operation, named as ONNX names it, to constant tensors under broadcasting. */
export function combineConstant(name: string, a: ConstantTensor, b: ConstantTensor): ConstantTensor {
  const combine = combines[name] as Combine
  const shape = broadcastShapes(a.shape, b.shape) as readonly number[]
  const isInteger = a.type !== 'float' && b.type !== 'float'
  const from = Math.max(a.data.length, b.data.length)
  const type: ConstantType = comparisons.has(name) ? 'boolean' : isInteger ? 'integer' : 'float'
  const isTrained = a.isTrained || b.isTrained
  if (type === 'float') {
    computedSize(shape, 'A constant', from)
    const data = combineFloats(floatCombines[name] ?? (combine as FloatCombine), a, b, shape)
    return { type, shape, data, isTrained }
  }
  const [left, right] = [broadcastItems(a, shape, from), broadcastItems(b, shape, from)]
  const items = left.map((item, index) => combine(item, right[index] as Dim, isInteger))
  return { type, shape, data: resultOf(items, type), isTrained }
}

/** `condition ? a : b`, item by item. */
export function selectConstant(
  condition: ConstantTensor,
  a: ConstantTensor,
  b: ConstantTensor,
): ConstantTensor {
  const shape = broadcastShapes(condition.shape, a.shape, b.shape) as readonly number[]
  const [choices, left, right] = [condition, a, b].map((known) => broadcastItems(known, shape)) as [
    Dim[],
    Dim[],
    Dim[],
  ]
  const items = choices.map((choice, index) => (choice === 0 ? right : left)[index] as Dim)
  return { type: a.type, shape, data: resultOf(items, a.type), isTrained: a.isTrained || b.isTrained }
}

/** Halves go to the even neighbour, as ONNX's Round has it. */
export function roundHalfToEven(x: number): number {
  const below = Math.floor(x)
  if (x - below !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

const unary: Readonly<Record<string, (x: number) => number>> = {
  Sin: Math.sin,
  Cos: Math.cos,
  Tan: Math.tan,
  Asin: Math.asin,
  Acos: Math.acos,
  Atan: Math.atan,
  Sinh: Math.sinh,
  Cosh: Math.cosh,
  Tanh: Math.tanh,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Relu: (x) => Math.max(x, 0),
  Sign: Math.sign,
  Round: roundHalfToEven,
  IsNaN: (x) => truth(Number.isNaN(x)),
  IsInf: (x) => truth(Math.abs(x) === Infinity),
  Neg: (x) => -x,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Exp: Math.exp,
  Log: Math.log,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Not: (x) => truth(x === 0),
  Rsqrt: (x) => 1 / Math.sqrt(x),
  Square: (x) => x * x,
}

/** Operations of one tensor that ask something of each item. */
const truths = new Set(['Not', 'IsNaN', 'IsInf'])

/** Names of the element-wise operations of one constant tensor. */
export const unaryNames: ReadonlySet<string> = new Set(Object.keys(unary))

/** Applies an element-wise operation, named as ONNX names it, to a constant tensor. */
export function mapConstant(name: string, x: ConstantTensor): ConstantTensor {
  const apply = unary[name] as (x: number) => number
  const type: ConstantType = truths.has(name) ? 'boolean' : x.type
  const items = numbersIn(x.data)
  const data =
    type === 'float' ? new Float32Array(items.length) : Array.from<number>({ length: items.length })
  for (let at = 0; at < items.length; at++) data[at] = apply(items[at] as number)
  return { ...x, type, data }
}
