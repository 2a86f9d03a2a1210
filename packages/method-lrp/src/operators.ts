import type { OpName } from '@saliency/core'

/**
 * What LRP does at an operator. `kernel`: the composite's rule. `share`: in proportion to the contributions, epsilon
 * without weights. `pass`: unchanged. `route`: as the gradient goes, to where the value came from. `gate`: all to the
 * signal, none to the gate, where the composite does not say otherwise. `winner`: a route to the largest. `norm`: the
 * batch-norm policy. `softmax`: by the composite. `refuse`: an error. `none`: carries no signal.
 */
export type Treatment =
  | 'kernel'
  | 'share'
  | 'pass'
  | 'route'
  | 'winner'
  | 'gate'
  | 'norm'
  | 'softmax'
  | 'refuse'
  | 'none'

/** The treatment of every operator of the graph; the README's table is this one. */
export const treatments: { readonly [K in OpName]: Treatment } = {
  Conv: 'kernel',
  ConvTranspose: 'kernel',
  Gemm: 'kernel',
  MatMul: 'kernel',
  BatchNormalization: 'norm',
  Add: 'share',
  Sub: 'share',
  AveragePool: 'share',
  GlobalAveragePool: 'share',
  ReduceMean: 'share',
  ReduceSum: 'share',
  Resize: 'share',
  Relu: 'pass',
  LeakyRelu: 'pass',
  PRelu: 'pass',
  Elu: 'pass',
  Selu: 'pass',
  Sigmoid: 'pass',
  HardSigmoid: 'pass',
  Tanh: 'pass',
  Softplus: 'pass',
  Softsign: 'pass',
  HardSwish: 'pass',
  Mish: 'pass',
  Gelu: 'pass',
  Swish: 'pass',
  Erf: 'pass',
  Sin: 'pass',
  Cos: 'pass',
  Clip: 'pass',
  Neg: 'pass',
  Round: 'pass',
  Abs: 'pass',
  MaxPool: 'winner',
  GlobalMaxPool: 'winner',
  ReduceMax: 'winner',
  ReduceMin: 'winner',
  Max: 'winner',
  Min: 'winner',
  Where: 'route',
  Concat: 'route',
  Reshape: 'route',
  Flatten: 'route',
  Transpose: 'route',
  Expand: 'route',
  Slice: 'route',
  Pad: 'route',
  Gather: 'route',
  Cast: 'route',
  Mul: 'gate',
  Div: 'gate',
  Softmax: 'softmax',
  LogSoftmax: 'refuse',
  Exp: 'refuse',
  Log: 'refuse',
  Sqrt: 'refuse',
  Reciprocal: 'refuse',
  Pow: 'refuse',
  Sign: 'refuse',
  TopK: 'refuse',
  ScatterElements: 'refuse',
  Input: 'none',
  Parameter: 'none',
  Constant: 'none',
  Fill: 'none',
  Not: 'none',
  Equal: 'none',
  Greater: 'none',
  Less: 'none',
  GreaterOrEqual: 'none',
  LessOrEqual: 'none',
  And: 'none',
  Or: 'none',
}
