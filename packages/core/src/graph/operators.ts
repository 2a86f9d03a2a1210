import type { DType } from '../tensor.ts'
import type { Shape } from './shape.ts'

/** What a parameter is for; randomisation and bias collection go by it. */
export type ParameterRole =
  | 'kernel'
  | 'bias'
  | 'gamma'
  | 'beta'
  | 'mean'
  | 'variance'
  /** What a PReLU multiplies negative values by. */
  | 'slope'
  /** Numbers of the file that are part of the function, such as a mask: never drawn anew. */
  | 'fixed'
  /** A trained operand of another kind: a position embedding, a class token, a layer's scale. */
  | 'other'

/** How a layer says its parameter is drawn when training starts (Keras' initialisers; PyTorch's as variance scaling). */
export interface Initializer {
  readonly name:
    | 'zeros'
    | 'ones'
    | 'constant'
    | 'uniform'
    | 'normal'
    | 'truncated-normal'
    | 'variance-scaling'
    | 'orthogonal'
  /** Standard deviation, half-width, or constant, as the name says. */
  readonly value?: number
  /** Middle of a uniform, normal or truncated normal; default 0. */
  readonly mean?: number
  readonly scale?: number
  readonly mode?: 'fan_in' | 'fan_out' | 'fan_avg'
  readonly distribution?: 'normal' | 'uniform' | 'truncated-normal'
  /** The default of the library that a file comes from, where the file says nothing. */
  readonly assumed?: boolean
}

type None = Readonly<Record<never, never>>

/** `[top, left, bottom, right]`, as ONNX orders pads of two spatial axes. */
export type Pads = readonly [number, number, number, number]
/** `[height, width]`. */
export type Pair = readonly [number, number]

/** Strides, pads, dilations and groups of a 2-D convolution. */
export interface ConvAttributes {
  readonly strides: Pair
  readonly pads: Pads
  readonly dilations: Pair
  readonly group: number
}
/** A transposed convolution: what a convolution has, and rows and columns added below and to the right. */
export interface ConvTransposeAttributes extends ConvAttributes {
  readonly outputPadding: Pair
}
/** Window, strides, pads and dilations of a 2-D pool; `ceilMode` keeps a last window that is cut. */
export interface PoolAttributes {
  readonly kernel: Pair
  readonly strides: Pair
  readonly pads: Pads
  readonly dilations: Pair
  readonly ceilMode: boolean
}
/** An average pool: whether pads count among what is averaged. */
export interface AveragePoolAttributes extends PoolAttributes {
  readonly countIncludePad: boolean
}
/** Which axes are reduced, and whether they stay with size 1. */
export interface ReduceAttributes {
  /** Non-negative axes, ascending. */
  readonly axes: readonly number[]
  readonly keepdims: boolean
}
/** How `[n, c, h, w]` is resampled to another height and width. */
export interface ResizeAttributes {
  /** `[height, width]` of the result; batch and channels stay. */
  readonly size: Pair
  readonly mode: 'nearest' | 'linear'
  readonly coordinates: 'half_pixel' | 'align_corners' | 'asymmetric' | 'pytorch_half_pixel'
}
/** How a value is padded; negative pads crop. */
export interface PadAttributes {
  /** One `[before, after]` an axis. */
  readonly pads: readonly Pair[]
  readonly mode: 'constant' | 'reflect' | 'edge'
  readonly value: number
}
/** Start, end and step along each listed axis, as ONNX counts them. */
export interface SliceAttributes {
  readonly axes: readonly number[]
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly steps: readonly number[]
}

/**
 * Every operator of the graph with its attributes: ONNX opset 18's own names and meaning (Gelu is of
 * opset 20, Swish of 24). What ONNX passes as constant
 * inputs (a target shape, axes, pads, bounds) is an attribute here. `Fill` is ONNX's ConstantOfShape.
 */
export interface Operators {
  // leaves
  Input: { readonly name: string; readonly shape: Shape }
  Parameter: {
    readonly name: string
    readonly shape: readonly number[]
    readonly role: ParameterRole
    readonly initializer?: Initializer
  }
  Constant: { readonly dtype: DType; readonly shape: readonly number[]; readonly data: readonly number[] }
  Fill: { readonly shape: Shape; readonly value: number }
  // element by element
  Relu: None
  Neg: None
  Abs: None
  Sign: None
  /** Its gradient passes straight through: what quantised networks round by. */
  Round: None
  Sqrt: None
  Reciprocal: None
  Exp: None
  Log: None
  Sigmoid: None
  Tanh: None
  Erf: None
  Sin: None
  Cos: None
  Softplus: None
  Softsign: None
  HardSigmoid: { readonly alpha: number; readonly beta: number }
  HardSwish: None
  Mish: None
  Gelu: { readonly approximate: 'none' | 'tanh' }
  /** SiLU with alpha 1, QuickGELU with 1.702. */
  Swish: { readonly alpha: number }
  LeakyRelu: { readonly alpha: number }
  Elu: { readonly alpha: number }
  Selu: { readonly alpha: number; readonly gamma: number }
  PRelu: None
  Clip: { readonly minimum: number; readonly maximum: number }
  Not: None
  Cast: { readonly to: DType }
  Add: None
  Sub: None
  Mul: None
  Div: None
  Pow: None
  Max: None
  Min: None
  Equal: None
  Greater: None
  Less: None
  GreaterOrEqual: None
  LessOrEqual: None
  And: None
  Or: None
  Where: None
  // reductions and order
  ReduceSum: ReduceAttributes
  ReduceMean: ReduceAttributes
  ReduceMax: ReduceAttributes
  ReduceMin: ReduceAttributes
  Softmax: { readonly axis: number }
  LogSoftmax: { readonly axis: number }
  /** Two outputs: values and (int64) indices; unsorted unless asked. */
  TopK: { readonly k: number; readonly axis: number; readonly largest: boolean; readonly sorted: boolean }
  // layers
  Conv: ConvAttributes
  ConvTranspose: ConvTransposeAttributes
  /** `x [n, in] · w + b`, with `w [out, in]` when `transB`. */
  Gemm: { readonly transB: boolean }
  MatMul: None
  /** Two outputs: values and (int64) indices over n·c·h·w. */
  MaxPool: PoolAttributes
  AveragePool: AveragePoolAttributes
  GlobalAveragePool: None
  GlobalMaxPool: None
  BatchNormalization: { readonly epsilon: number }
  // shape
  Reshape: { readonly shape: Shape }
  Flatten: { readonly axis: number }
  Transpose: { readonly perm: readonly number[] }
  Expand: { readonly shape: Shape }
  Concat: { readonly axis: number }
  Slice: SliceAttributes
  Pad: PadAttributes
  Resize: ResizeAttributes
  Gather: { readonly axis: number; readonly indices: readonly number[] }
  /** `data` with `updates` added at int64 `indices` along `axis`. */
  ScatterElements: { readonly axis: number }
}

/** The name of an operator, exactly as ONNX spells it. */
export type OpName = keyof Operators

/** The operators of one operand, element by element, that have no attributes. */
export type UnaryOperator =
  | 'Relu'
  | 'Neg'
  | 'Abs'
  | 'Sign'
  | 'Round'
  | 'Sqrt'
  | 'Reciprocal'
  | 'Exp'
  | 'Log'
  | 'Sigmoid'
  | 'Tanh'
  | 'Erf'
  | 'Sin'
  | 'Cos'
  | 'Softplus'
  | 'Softsign'
  | 'HardSwish'
  | 'Mish'
  | 'Not'

/** The operators of two operands, element by element, broadcast to one shape. */
export type BinaryOperator =
  | 'Add'
  | 'Sub'
  | 'Mul'
  | 'Div'
  | 'Pow'
  | 'Max'
  | 'Min'
  | 'Equal'
  | 'Greater'
  | 'Less'
  | 'GreaterOrEqual'
  | 'LessOrEqual'
  | 'And'
  | 'Or'

/** The operators that work element by element, broadcasting their operands. */
export type ElementwiseOperator =
  | UnaryOperator
  | BinaryOperator
  | 'HardSigmoid'
  | 'Gelu'
  | 'Swish'
  | 'LeakyRelu'
  | 'Elu'
  | 'Selu'
  | 'PRelu'
  | 'Clip'
  | 'Cast'
  | 'Where'

/** The operators that networks call layers. */
export type LayerOperator =
  | 'Conv'
  | 'ConvTranspose'
  | 'Gemm'
  | 'MatMul'
  | 'MaxPool'
  | 'AveragePool'
  | 'GlobalAveragePool'
  | 'GlobalMaxPool'
  | 'BatchNormalization'
