/** TensorFlow's name of an operation, and of its parameters in Keras 3's order. */
export interface TensorFlowFunction {
  readonly operation: string
  readonly parameters: readonly string[]
  /** Values where TensorFlow's default is another than Keras'. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /** Arguments that Keras' operation does not have, with the only value that is understood. */
  readonly only?: Readonly<Record<string, unknown>>
}

const as = (
  operation: string,
  parameters: readonly string[],
  settings: Pick<TensorFlowFunction, 'defaults' | 'only'> = {},
): TensorFlowFunction => ({ operation, parameters, ...settings })

const binary = (operation: string) => as(operation, ['x', 'y'])
const unary = (operation: string) => as(operation, ['x'])
const features = (operation: string) => as(operation, ['features'])
const reduce = (operation: string) => as(operation, ['input_tensor', 'axis', 'keepdims'])
const pool = (operation: string) => as(operation, ['input', 'ksize', 'strides', 'padding', 'data_format'])

/** Functions of TensorFlow that Keras 2 keeps as layers, by the name in the file, without `tf.`. */
export const functions: Readonly<Record<string, TensorFlowFunction>> = {
  '__operators__.add': binary('Add'),
  '__operators__.getitem': as('GetItem', ['tensor', 'slice_spec']),
  'math.add': binary('Add'),
  'math.add_n': as('AddN', ['inputs']),
  'math.subtract': binary('Subtract'),
  'math.multiply': binary('Multiply'),
  'math.truediv': binary('TrueDivide'),
  'math.divide': binary('Divide'),
  'math.pow': binary('Power'),
  'math.maximum': binary('Maximum'),
  'math.minimum': binary('Minimum'),
  'math.squared_difference': binary('SquaredDifference'),
  'math.greater': binary('Greater'),
  'math.greater_equal': binary('GreaterEqual'),
  'math.less': binary('Less'),
  'math.less_equal': binary('LessEqual'),
  'math.equal': binary('Equal'),
  'math.not_equal': binary('NotEqual'),
  'math.logical_and': binary('LogicalAnd'),
  'math.logical_or': binary('LogicalOr'),
  'math.logical_not': unary('LogicalNot'),
  'math.negative': unary('Negative'),
  'math.abs': unary('Absolute'),
  'math.sign': unary('Sign'),
  'math.square': unary('Square'),
  'math.sqrt': unary('Sqrt'),
  'math.rsqrt': unary('Rsqrt'),
  'math.reciprocal': unary('Reciprocal'),
  'math.exp': unary('Exp'),
  'math.log': unary('Log'),
  'math.log1p': unary('Log1p'),
  'math.erf': unary('Erf'),
  'math.sin': unary('Sin'),
  'math.cos': unary('Cos'),
  'math.sigmoid': unary('Sigmoid'),
  'math.tanh': unary('Tanh'),
  'math.softplus': features('Softplus'),
  'math.softsign': features('Softsign'),
  'math.reduce_mean': reduce('Mean'),
  'math.reduce_sum': reduce('Sum'),
  'math.reduce_max': reduce('Max'),
  'math.reduce_min': reduce('Min'),
  'math.reduce_variance': reduce('Var'),
  'math.reduce_std': reduce('Std'),
  'nn.bias_add': as('Add', ['value', 'bias'], { only: { data_format: 'NHWC' } }),
  'nn.relu': features('Relu'),
  'nn.relu6': features('Relu6'),
  'nn.elu': as('Elu', ['features']),
  'nn.selu': features('Selu'),
  'nn.silu': as('Silu', ['features'], { only: { beta: 1 } }),
  'nn.gelu': as('Gelu', ['features', 'approximate'], { defaults: { approximate: false } }),
  'nn.leaky_relu': as('LeakyRelu', ['features', 'alpha']),
  'nn.sigmoid': unary('Sigmoid'),
  'nn.tanh': unary('Tanh'),
  'nn.softplus': features('Softplus'),
  'nn.softsign': features('Softsign'),
  'nn.softmax': as('Softmax', ['logits', 'axis']),
  'nn.log_softmax': as('LogSoftmax', ['logits', 'axis']),
  'nn.max_pool2d': pool('MaxPool'),
  'nn.avg_pool2d': pool('AveragePool'),
  'image.resize': as('Resize', ['images', 'size', 'method']),
  'linalg.matmul': as('Matmul', ['a', 'b']),
  cast: as('Cast', ['x', 'dtype']),
  clip_by_value: as('Clip', ['t', 'clip_value_min', 'clip_value_max']),
  concat: as('Concatenate', ['values', 'axis']),
  expand_dims: as('ExpandDims', ['input', 'axis']),
  identity: as('Copy', ['input']),
  stop_gradient: as('StopGradient', ['input']),
  reshape: as('Reshape', ['tensor', 'shape']),
  split: as('SplitSizes', ['value', 'num_or_size_splits', 'axis']),
  squeeze: as('Squeeze', ['input', 'axis']),
  stack: as('Stack', ['values', 'axis']),
  transpose: as('Transpose', ['a', 'perm']),
  pad: as('Pad', ['tensor', 'paddings', 'mode', 'constant_values']),
  where: as('Where', ['condition', 'x', 'y']),
  'compat.v1.squeeze': as('Squeeze', ['input', 'axis']),
  'compat.v1.transpose': as('Transpose', ['a', 'perm']),
  'compat.v1.pad': as('Pad', ['tensor', 'paddings', 'mode', 'constant_values']),
}
