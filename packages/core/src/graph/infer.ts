import { SaliencyError } from '../errors.ts'
import { elementwiseShapes } from './infer-elementwise.ts'
import { layerShapes } from './infer-layers.ts'
import { arrangingShapes } from './infer-shape.ts'
import type { OpName, Operators } from './operators.ts'
import { float, input, type Infer, type Output } from './output.ts'
import { formatShape, normalizeAxis, type Dim, type Shape } from './shape.ts'
import type { Value } from './value.ts'

const same: Infer<OpName> = (inputs) => float(input(inputs, 0).shape)

function reduce(inputs: readonly Value[], { axes, keepdims }: Operators['ReduceSum']): readonly Output[] {
  const { shape } = input(inputs, 0)
  const reduced = new Set(axes.map((axis) => normalizeAxis(axis, shape.length)))
  const result: Dim[] = []
  for (const [axis, dim] of shape.entries()) {
    if (!reduced.has(axis)) result.push(dim)
    else if (keepdims) result.push(1)
  }
  return float(result)
}

const table: { [K in OpName]: Infer<K> } = {
  Input: (_, { shape }) => float(shape),
  Parameter: (_, { shape }) => float(shape),
  Constant: (_, { shape, dtype }) => [{ shape, dtype }],
  Fill: (_, { shape }) => float(shape),
  ...elementwiseShapes,
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  Softmax: same,
  LogSoftmax: same,
  TopK(inputs, { k, axis }) {
    const { shape } = input(inputs, 0)
    const at = normalizeAxis(axis, shape.length)
    const result = shape.map((dim, index) => (index === at ? k : dim))
    return [
      { shape: result, dtype: 'float32' },
      { shape: result, dtype: 'int64' },
    ]
  },
  ...layerShapes,
  ...arrangingShapes,
}

/** Values of one image; more than any engine holds. */
const mostValues = 2 ** 31

/** A size that overflows, or that a division by zero made, is none; a few bytes of a file can ask for any. */
function assertSize(shape: Shape): void {
  const size = shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1), 1)
  const isSize = (dim: Dim) => typeof dim === 'string' || (Number.isSafeInteger(dim) && dim >= 0)
  if (shape.every(isSize) && size < mostValues) return
  throw new SaliencyError(
    'SHAPE',
    `the result would have the shape ${formatShape(shape)}, ${shape.every(isSize) ? `${size} values an image, more than any engine holds` : 'which no value has'}.`,
  )
}

/** Infers an operator's outputs, and names operator and layer when its inputs do not fit. */
export function inferOutputs<K extends OpName>(
  op: K,
  inputs: readonly Value[],
  attributes: Operators[K],
  layer?: string,
): readonly Output[] {
  try {
    const outputs = table[op](inputs, attributes)
    for (const { shape } of outputs) if (!inputs.some((value) => value.shape === shape)) assertSize(shape)
    return outputs
  } catch (error) {
    if (!SaliencyError.is(error)) throw error
    const place = layer === undefined ? op : `${op} in layer '${layer}'`
    const shapes = inputs.map((value) => formatShape(value.shape)).join(', ')
    throw new SaliencyError(error.code, `${place} cannot take inputs ${shapes}: ${error.message}`, {
      cause: error,
    })
  }
}
