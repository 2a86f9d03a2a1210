import type { DType } from '../tensor.ts'
import type {
  AveragePoolAttributes,
  ConvAttributes,
  ConvTransposeAttributes,
  Operators,
  PadAttributes,
  Pair,
  ParameterRole,
  PoolAttributes,
  ResizeAttributes,
  SliceAttributes,
  Initializer,
} from './operators.ts'
import type { Shape } from './shape.ts'
import type { Value } from './value.ts'

/** An operand of an element-wise operator; numbers become constants. */
export type Operand = Value | number

/** Axes to reduce (negative ones count from the end; default all) and whether they stay with size 1 (default true). */
export interface Reduction {
  readonly axes?: readonly number[]
  readonly keepdims?: boolean
}

/**
 * Typed builders, one per operator: each infers and checks shapes (throws `SHAPE`). Element-wise operators broadcast as
 * NumPy does; image values are `[n, c, h, w]`.
 */
export interface Ops {
  /** A leaf fed at every run. */
  input(name: string, shape: Shape): Value
  /** A leaf filled from the weight state: a name and a shape, never data. */
  parameter(name: string, shape: readonly number[], role?: ParameterRole, initializer?: Initializer): Value
  /** Fixed numbers known while tracing; `shape` defaults to a scalar or a vector. */
  constant(data: number | readonly number[], shape?: readonly number[], dtype?: DType): Value
  /** One number everywhere; the shape may hold the symbolic batch. */
  fill(shape: Shape, value: number): Value
  /** max(x, 0) */
  relu(x: Value): Value
  /** −x */
  neg(x: Value): Value
  /** |x| */
  abs(x: Value): Value
  /** −1, 0 or 1 */
  sign(x: Value): Value
  /**
   * The nearest whole number, halves to the even one; the gradient passes straight through (Bengio et al. 2013, section 4),
   * as quantised networks are trained.
   */
  round(x: Value): Value
  /** √x */
  sqrt(x: Value): Value
  /** 1/x */
  reciprocal(x: Value): Value
  /** eˣ */
  exp(x: Value): Value
  /** ln x */
  log(x: Value): Value
  /** 1/(1 + e⁻ˣ) */
  sigmoid(x: Value): Value
  /** tanh x */
  tanh(x: Value): Value
  /** The error function. */
  erf(x: Value): Value
  /** sin x */
  sin(x: Value): Value
  /** cos x */
  cos(x: Value): Value
  /** ln(1 + eˣ) */
  softplus(x: Value): Value
  /** x/(1 + |x|) */
  softsign(x: Value): Value
  /** Logical negation. */
  not(x: Value): Value
  /** a + b */
  add(a: Operand, b: Operand): Value
  /** a − b */
  sub(a: Operand, b: Operand): Value
  /** a · b */
  mul(a: Operand, b: Operand): Value
  /** a / b */
  div(a: Operand, b: Operand): Value
  /** aᵇ */
  pow(a: Operand, b: Operand): Value
  /** The larger of a and b. */
  max(a: Operand, b: Operand): Value
  /** The smaller of a and b. */
  min(a: Operand, b: Operand): Value
  /** a = b */
  equal(a: Operand, b: Operand): Value
  /** a > b */
  greater(a: Operand, b: Operand): Value
  /** a < b */
  less(a: Operand, b: Operand): Value
  /** a ≥ b */
  greaterOrEqual(a: Operand, b: Operand): Value
  /** a ≤ b */
  lessOrEqual(a: Operand, b: Operand): Value
  /** a ∧ b */
  and(a: Operand, b: Operand): Value
  /** a ∨ b */
  or(a: Operand, b: Operand): Value
  /** `condition ? a : b` */
  where(condition: Value, a: Operand, b: Operand): Value
  /** min(max(x, minimum), maximum) */
  clip(x: Value, minimum: number, maximum: number): Value
  /** x where positive, else alpha · x */
  leakyRelu(x: Value, alpha: number): Value
  /** x where positive, else slope · x with a learned slope. */
  pRelu(x: Value, slope: Value): Value
  /** x where positive, else alpha · (eˣ − 1) */
  elu(x: Value, alpha: number): Value
  /** gamma · (x where positive, else alpha · (eˣ − 1)) */
  selu(x: Value, alpha: number, gamma: number): Value
  /** max(0, min(1, alpha · x + beta)) */
  hardSigmoid(x: Value, alpha: number, beta: number): Value
  /** x · max(0, min(1, x/6 + ½)) (Howard et al. 2019, section 5.2) */
  hardSwish(x: Value): Value
  /** x · tanh(ln(1 + eˣ)) (Misra 2019, equation 1) */
  mish(x: Value): Value
  /** x · Φ(x), or its approximation by tanh (Hendrycks & Gimpel 2016, section 2) */
  gelu(x: Value, approximate?: 'none' | 'tanh'): Value
  /** x · sigmoid(alpha · x): SiLU with alpha 1, the default, and QuickGELU with 1.702 (Ramachandran et al. 2017) */
  swish(x: Value, alpha?: number): Value
  cast(x: Value, to: DType): Value
  reduceSum(x: Value, reduction?: Reduction): Value
  reduceMean(x: Value, reduction?: Reduction): Value
  reduceMax(x: Value, reduction?: Reduction): Value
  reduceMin(x: Value, reduction?: Reduction): Value
  softmax(x: Value, axis?: number): Value
  logSoftmax(x: Value, axis?: number): Value
  /** The k largest (or smallest) along an axis, in no order unless `sorted`. */
  topK(
    x: Value,
    k: number,
    settings?: { axis?: number; largest?: boolean; sorted?: boolean },
  ): { values: Value; indices: Value }
  /** 2-D convolution: x `[n, c, h, w]`, w `[out, c / group, kh, kw]`, b `[out]`. */
  conv(x: Value, w: Value, b?: Value, attributes?: Partial<ConvAttributes>): Value
  /** Transposed 2-D convolution: w `[c, out / group, kh, kw]`. */
  convTranspose(x: Value, w: Value, b?: Value, attributes?: Partial<ConvTransposeAttributes>): Value
  /** x `[n, in]` times w `[in, out]` (`[out, in]` with `transB`), plus b `[out]`. */
  gemm(x: Value, w: Value, b?: Value, attributes?: Partial<Operators['Gemm']>): Value
  matMul(a: Value, b: Value): Value
  maxPool(x: Value, attributes: Pick<PoolAttributes, 'kernel'> & Partial<PoolAttributes>): Value
  /** Where each maximum came from: int64 indices over n·c·h·w; ties take the first. */
  maxPoolIndices(x: Value, attributes: Pick<PoolAttributes, 'kernel'> & Partial<PoolAttributes>): Value
  averagePool(
    x: Value,
    attributes: Pick<AveragePoolAttributes, 'kernel'> & Partial<AveragePoolAttributes>,
  ): Value
  globalAveragePool(x: Value): Value
  globalMaxPool(x: Value): Value
  /** gamma · (x − mean)/√(variance + epsilon) + beta, per channel (axis 1). */
  batchNormalization(
    x: Value,
    gamma: Value,
    beta: Value,
    mean: Value,
    variance: Value,
    epsilon: number,
  ): Value
  reshape(x: Value, shape: Shape): Value
  /** A vector `[c]` as `[c, 1, …]`, which broadcasts over the channels (axis 1) of x. */
  perChannel(vector: Value, x: Value): Value
  flatten(x: Value, axis?: number): Value
  transpose(x: Value, perm: readonly number[]): Value
  expand(x: Value, shape: Shape): Value
  concat(values: readonly Value[], axis: number): Value
  slice(x: Value, attributes: Omit<SliceAttributes, 'steps'> & Partial<SliceAttributes>): Value
  pad(x: Value, attributes: Pick<PadAttributes, 'pads'> & Partial<PadAttributes>): Value
  /** `[n, c, h, w]` at another size. Nearest-neighbour resizing by a factor that is not whole becomes two gathers. */
  resize(x: Value, size: Pair, settings?: Partial<Omit<ResizeAttributes, 'size'>>): Value
  gather(x: Value, axis: number, indices: readonly number[]): Value
  /** `data` with `updates` added at `indices` along `axis`. */
  scatterAdd(data: Value, indices: Value, updates: Value, axis: number): Value
}
