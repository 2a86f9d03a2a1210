import type { OpName, Operators } from './operators.ts'
import type { Sign, Value } from './value.ts'

type SignRule = (signs: readonly Sign[], attributes: never) => Sign

const negate: Record<Sign, Sign> = {
  zero: 'zero',
  nonnegative: 'nonpositive',
  nonpositive: 'nonnegative',
  any: 'any',
}

/** The sign that covers all of the given ones. */
function join(signs: readonly Sign[]): Sign {
  const seen = signs.filter((sign) => sign !== 'zero')
  const [first = 'zero'] = seen
  return seen.every((sign) => sign === first) ? first : 'any'
}

function product([a = 'any', b = 'any']: readonly Sign[]): Sign {
  if (a === 'zero' || b === 'zero') return 'zero'
  if (a === 'any' || b === 'any') return 'any'
  return a === b ? 'nonnegative' : 'nonpositive'
}

const mayBe = {
  negative: (sign: Sign) => sign === 'nonpositive' || sign === 'any',
  positive: (sign: Sign) => sign === 'nonnegative' || sign === 'any',
}

function signOf(negative: boolean, positive: boolean): Sign {
  if (negative) return positive ? 'any' : 'nonpositive'
  return positive ? 'nonnegative' : 'zero'
}

/** x above 0, and below it what has the sign of alpha · x. */
function scaledBelow(sign: Sign, alpha: number): Sign {
  if (alpha >= 0) return sign
  return sign === 'nonpositive' || sign === 'any' ? 'nonnegative' : sign
}

const keep: SignRule = ([sign = 'any']) => sign
const nonnegative: SignRule = () => 'nonnegative'
const linear: SignRule = ([x = 'any', w = 'any', b = 'zero']) => join([product([x, w]), b])

/** How each operator carries sign; whatever is not listed may have any. Facts about weights' values are never used. */
const rules: { [K in OpName]?: SignRule } = {
  Relu: ([sign = 'any']) => (sign === 'nonpositive' || sign === 'zero' ? 'zero' : 'nonnegative'),
  Neg: ([sign = 'any']) => negate[sign],
  Abs: ([sign = 'any']) => (sign === 'zero' ? 'zero' : 'nonnegative'),
  Sign: keep,
  Round: keep,
  Sqrt: keep,
  Exp: nonnegative,
  Sigmoid: nonnegative,
  Softplus: nonnegative,
  HardSigmoid: nonnegative,
  Softmax: nonnegative,
  HardSwish: keep,
  Mish: keep,
  Gelu: keep,
  Swish: keep,
  Reciprocal: keep,
  Tanh: keep,
  Erf: keep,
  Softsign: keep,
  LeakyRelu: ([sign = 'any'], { alpha }: Operators['LeakyRelu']) => scaledBelow(sign, alpha),
  Elu: ([sign = 'any'], { alpha }: Operators['Elu']) => scaledBelow(sign, alpha),
  Selu: ([sign = 'any'], { alpha, gamma }: Operators['Selu']) =>
    gamma >= 0 ? scaledBelow(sign, alpha) : negate[scaledBelow(sign, alpha)],
  Clip: (signs, { minimum, maximum }: Operators['Clip']) =>
    minimum >= 0 ? 'nonnegative' : maximum <= 0 ? 'nonpositive' : (signs[0] ?? 'any'),
  Cast: ([sign = 'any'], { to }: Operators['Cast']) =>
    to === 'bool' && sign !== 'zero' ? 'nonnegative' : sign,
  // Truth values become 0 and 1 where they are cast to numbers.
  Not: nonnegative,
  Equal: nonnegative,
  Greater: nonnegative,
  Less: nonnegative,
  GreaterOrEqual: nonnegative,
  LessOrEqual: nonnegative,
  And: nonnegative,
  Or: nonnegative,
  Add: join,
  Sub: ([a = 'any', b = 'any']) => join([a, negate[b]]),
  Mul: product,
  Div: ([a = 'any', b = 'any']) => (a === 'zero' ? 'zero' : product([a, b])),
  Max: ([a = 'any', b = 'any']) =>
    signOf(mayBe.negative(a) && mayBe.negative(b), mayBe.positive(a) || mayBe.positive(b)),
  Min: ([a = 'any', b = 'any']) =>
    signOf(mayBe.negative(a) || mayBe.negative(b), mayBe.positive(a) && mayBe.positive(b)),
  Where: ([, a = 'any', b = 'any']) => join([a, b]),
  ReduceSum: keep,
  ReduceMean: keep,
  ReduceMax: keep,
  ReduceMin: keep,
  TopK: keep,
  Conv: linear,
  ConvTranspose: linear,
  Gemm: linear,
  MatMul: product,
  MaxPool: keep,
  AveragePool: keep,
  GlobalAveragePool: keep,
  GlobalMaxPool: keep,
  Reshape: keep,
  Flatten: keep,
  Transpose: keep,
  Expand: keep,
  Concat: join,
  Slice: keep,
  Pad: ([sign = 'any'], { value }: Operators['Pad']) =>
    value === 0 ? sign : join([sign, value > 0 ? 'nonnegative' : 'nonpositive']),
  Resize: keep,
  Gather: keep,
  ScatterElements: ([data = 'any', , updates = 'any']) => join([data, updates]),
  Fill: (_, { value }: Operators['Fill']) =>
    value === 0 ? 'zero' : value > 0 ? 'nonnegative' : 'nonpositive',
  Constant: (_, { data }: Operators['Constant']) =>
    join(
      data.map((value) =>
        value === 0 ? 'zero' : value > 0 ? 'nonnegative' : value < 0 ? 'nonpositive' : 'any',
      ),
    ),
}

/** The signs of all outputs of an operator; of indices none is known. */
export function signsOf<K extends OpName>(
  op: K,
  inputs: readonly Value[],
  attributes: Operators[K],
): readonly Sign[] {
  const rule = rules[op]
  return rule
    ? [
        rule(
          inputs.map((value) => value.sign),
          attributes as never,
        ),
      ]
    : []
}
