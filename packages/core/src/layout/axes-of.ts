import { dependsOnInput } from '../graph/reach.ts'
import type { ElementwiseOperator, OpName } from '../graph/operators.ts'
import type { Dim } from '../graph/shape.ts'
import type { Node, Value } from '../graph/value.ts'
import { type Axis, count, type Digit, isGrid, join, regroup, resized, slidOver, whole } from './axis.ts'
import { cutTokens, joinedTokens, type Piece } from './tokens-axis.ts'

type Axes = readonly Axis[]
/** The axes of a node's outputs; `of` gives those of an input, undefined for parameters and constants. */
type Rule<K extends OpName> = (node: Node<K>, of: (index: number) => Axes | undefined) => Axes

const shapeOf = ({ outputs }: Node) => (outputs[0] as Value).shape

/** Operands aligned at their last axes, as broadcasting does. */
const broadcast: Rule<OpName> = (node, of) => {
  const shape = shapeOf(node)
  const operands = node.inputs.map((_, index) => of(index)).filter((axes) => axes !== undefined)
  return shape.map((dim, axis) =>
    join(
      operands.map((axes) => axes[axis - shape.length + axes.length] ?? []),
      dim,
    ),
  )
}

const same: Rule<OpName> = (_, of) => of(0) ?? []

/** Windows slide over the last two axes; what they sum over is features. */
const convolved: Rule<'Conv' | 'ConvTranspose'> = (node, of) => {
  const [batch, , height, width] = shapeOf(node) as readonly [Dim, Dim, Dim, Dim]
  const [x0 = [], , x2 = [], x3 = []] = of(0) ?? []
  const channels = whole('features', shapeOf(node)[1] as Dim)
  return [resized([x0], batch), channels, slidOver(x2, height), slidOver(x3, width)]
}

/** Every axis keeps what it counts, with another size. */
const resizedAll: Rule<OpName> = (node, of) =>
  shapeOf(node).map((dim, axis) => resized([of(0)?.[axis] ?? []], dim))

/** Windows slide over the last two axes, feature by feature. */
const pooled: Rule<OpName> = (node, of) =>
  shapeOf(node).map((dim, axis) =>
    axis < 2 ? resized([of(0)?.[axis] ?? []], dim) : slidOver(of(0)?.[axis] ?? [], dim),
  )

const reduced: Rule<'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin'> = ({ attributes }, of) =>
  (of(0) ?? []).flatMap((axis, index) => {
    if (!attributes.axes.includes(index)) return [axis]
    return attributes.keepdims ? [[]] : []
  })

const isPlaceless = ({ of }: Digit) => of === 'features' || of === 'batch'

const regrouped: Rule<'Reshape' | 'Flatten'> = (node, of) => {
  const shape = shapeOf(node)
  const axes = of(0) ?? []
  const lost = axes.flat().every(isPlaceless) ? 'features' : 'mixed'
  return regroup(axes, shape) ?? shape.map((dim) => whole(dim === 'n' ? 'batch' : lost, dim))
}

/** Rows of the first operand, columns of the second; the sum runs over what they share. */
const product: Rule<'MatMul' | 'Gemm'> = (node, of) => {
  const shape = shapeOf(node)
  const [left, right] = [of(0), of(1)]
  const lead = shape.slice(0, -2).map((dim, axis) => {
    const fromEnd = axis - shape.length
    return join([left?.at(fromEnd) ?? [], right?.at(fromEnd) ?? []], dim)
  })
  const [rows, columns] = shape.slice(-2) as [Dim, Dim]
  const [summed = [], other] = [left?.at(-1), node.inputs[1]?.node]
  // A filter along rows or columns, as resizing is: what it returns are rows or columns again.
  const isFiltered = other?.op === 'Constant' && summed.length === 1 && summed.every(isGrid)
  const last = isFiltered ? resized([summed], columns) : join([right?.at(-1) ?? []], columns)
  return [...lead, join([left?.at(-2) ?? []], rows), last]
}

/** Axes picked by index keep their order only where the indices rise. */
const gathered: Rule<'Gather'> = (node, of) => {
  const { axis, indices } = node.attributes
  const rises = indices.every((index, at) => at === 0 || index > (indices[at - 1] as number))
  const at = axis < 0 ? axis + shapeOf(node).length : axis
  return shapeOf(node).map((dim, index) => {
    const old = of(0)?.[index] ?? []
    if (index !== at) return old
    const isFeatures = old.every(({ of: counted }) => counted === 'features')
    if (isRun(indices)) return cutTokens(old, indices[0] as number, count(dim))
    return rises || isFeatures ? resized([old], dim) : whole('mixed', dim)
  })
}

/** Whether indices are neighbours, one behind the other. */
function isRun(indices: readonly number[]): boolean {
  return indices.every((index, at) => index >= 0 && index === (indices[0] as number) + at)
}

const sliced: Rule<'Slice'> = ({ attributes, outputs, inputs }, of) => {
  const { shape } = inputs[0] as Value
  const firsts = new Map<number, number>()
  for (const [index, axis] of attributes.axes.entries()) {
    const [at, start = 0] = [axis < 0 ? axis + shape.length : axis, attributes.starts[index]]
    const size = count(shape[at] as Dim)
    if (attributes.steps[index] === 1) firsts.set(at, start < 0 ? Math.max(start + size, 0) : start)
  }
  return (outputs[0] as Value).shape.map((dim, axis) => {
    const old = of(0)?.[axis] ?? []
    const first = firsts.get(axis)
    return first === undefined ? resized([old], dim) : cutTokens(old, first, count(dim))
  })
}

/** Constant tokens may be written as pads of `[n, t, d]`, into which a position embedding puts their values. */
const padded: Rule<'Pad'> = (node, of) => {
  const { pads } = node.attributes
  const axes = of(0) ?? []
  return shapeOf(node).map((dim, axis) => {
    const [before = 0, after = 0] = pads[axis] ?? []
    const around = [before, after].map((size): Piece => ({ axes: [], size }))
    const own: Piece = { axes, size: count(dim) - before - after }
    const isOfTokens = pads.length === 3 && before >= 0 && after >= 0 && before + after > 0
    const joint = isOfTokens ? joinedTokens([around[0] as Piece, own, around[1] as Piece], axis) : undefined
    return joint ?? resized([axes[axis] ?? []], dim)
  })
}

const joined: Rule<'Concat'> = (node, of) => {
  const shape = shapeOf(node)
  const at = node.attributes.axis < 0 ? node.attributes.axis + shape.length : node.attributes.axis
  const pieces = node.inputs.map((input, index): Piece => {
    const axes = of(index) ?? shape.map(() => [])
    return { axes, size: count(input.shape[at] as Dim) }
  })
  return shape.map((dim, index) => {
    const axes = pieces.map((piece) => piece.axes[index] ?? [])
    return index === at ? (joinedTokens(pieces, at) ?? resized(axes, dim)) : join(axes, dim)
  })
}

const none: Rule<OpName> = () => []

const elementwise: Readonly<Record<ElementwiseOperator, Rule<OpName>>> = {
  Relu: same,
  Neg: same,
  Abs: same,
  Sign: same,
  Round: same,
  Sqrt: same,
  Reciprocal: same,
  Exp: same,
  Log: same,
  Sigmoid: same,
  Tanh: same,
  Erf: same,
  Sin: same,
  Cos: same,
  Softplus: same,
  Softsign: same,
  HardSigmoid: same,
  HardSwish: same,
  Mish: same,
  Gelu: same,
  Swish: same,
  LeakyRelu: same,
  Elu: same,
  Selu: same,
  Clip: same,
  Not: same,
  Cast: same,
  PRelu: broadcast,
  Add: broadcast,
  Sub: broadcast,
  Mul: broadcast,
  Div: broadcast,
  Pow: broadcast,
  Max: broadcast,
  Min: broadcast,
  Equal: broadcast,
  Greater: broadcast,
  Less: broadcast,
  GreaterOrEqual: broadcast,
  LessOrEqual: broadcast,
  And: broadcast,
  Or: broadcast,
  Where: broadcast,
}

const rules: { readonly [K in OpName]: Rule<K> } = {
  Input: ({ attributes: { shape } }) => {
    const [n, c, h, w] = shape as readonly [Dim, Dim, Dim, Dim]
    return [whole('batch', n), whole('features', c), whole('height', h), whole('width', w)]
  },
  Parameter: none,
  Constant: none,
  Fill: none,
  ...elementwise,
  ReduceSum: reduced,
  ReduceMean: reduced,
  ReduceMax: reduced,
  ReduceMin: reduced,
  Softmax: same,
  LogSoftmax: same,
  TopK: resizedAll,
  Conv: convolved,
  ConvTranspose: convolved,
  Gemm: product,
  MatMul: product,
  MaxPool: pooled,
  AveragePool: pooled,
  GlobalAveragePool: pooled,
  GlobalMaxPool: pooled,
  BatchNormalization: same,
  Reshape: regrouped,
  Flatten: regrouped,
  Transpose: ({ attributes: { perm } }, of) => perm.map((axis) => of(0)?.at(axis) ?? []),
  Expand: broadcast,
  Concat: joined,
  Slice: sliced,
  Pad: padded,
  Resize: resizedAll,
  Gather: gathered,
  ScatterElements: same,
}

/**
 * What each axis counts, for every node between the image `[n, c, h, w]` and the end of `nodes` (in order of execution):
 * rows and columns are followed through transposes, reshapes, windows and tokens, and are lost where they are summed over.
 */
export function axesOf(nodes: readonly Node[]): ReadonlyMap<Node, Axes> {
  const known = new Map<Node, Axes>()
  for (const node of nodes) {
    if (!node.outputs[0] || !dependsOnInput(node.outputs[0])) continue
    const rule = rules[node.op] as Rule<OpName>
    known.set(
      node,
      rule(node, (index) => known.get(node.inputs[index]?.node as Node)),
    )
  }
  return known
}
