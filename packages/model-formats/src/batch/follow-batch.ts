import {
  formatShape,
  isNode,
  SaliencyError,
  type ElementwiseOperator,
  type Graph,
  type Node,
  type OpName,
  type Value,
} from '@saliency/core'
import { fromEnd, itemsBefore, placeIn, type BatchPlace } from './batch-place.ts'

/** An input that holds the batch, and where. */
interface Batched {
  readonly value: Value
  readonly place: BatchPlace
}

type Rule = (inputs: readonly Batched[], node: Node) => BatchPlace | undefined

const isSame = (places: readonly { axis: number; before: number }[]) =>
  places.every(({ axis, before }) => axis === places[0]?.axis && before === places[0]?.before)

/** Operands that broadcast: their batches must lie on one axis of the result, in one order. */
const aligned: Rule = (inputs, { outputs }) => {
  const rank = outputs[0]?.shape.length ?? 0
  const places = inputs.map(({ value, place }) => ({
    axis: rank - fromEnd(value, place),
    before: place.before,
  }))
  return isSame(places) ? places[0] : undefined
}

/** Operators that treat every item of the batch's axis alike, and combine along other axes. */
const along =
  (axes: (node: Node) => readonly number[]): Rule =>
  ([input], node) =>
    input && !axes(node).includes(input.place.axis) ? input.place : undefined

const ofAxis = along(({ attributes }) => [(attributes as { axis: number }).axis])

const reduction: Rule = ([input], node) => {
  const { axes, keepdims } = node.attributes as { axes: readonly number[]; keepdims: boolean }
  if (!input || axes.includes(input.place.axis)) return undefined
  const { axis, before } = input.place
  return { axis: keepdims ? axis : axis - axes.filter((reduced) => reduced < axis).length, before }
}

/** Layers over images, which stand on the first axis. */
const layer: Rule = ([input, other]) => (input && !other && input.place.axis === 0 ? input.place : undefined)

const matrixProduct: Rule = (inputs, node) => {
  const [left, right] = node.inputs as [Value, Value]
  const isWithin = ({ value, place }: Batched) => {
    const last = fromEnd(value, place)
    if (inputs.length === 2) return last > 2
    // Rows of the left and columns of the right matrix stay apart; what is summed over does not.
    return (value === left && last !== 1) || (value === right && last !== 2)
  }
  return inputs.every(isWithin) ? aligned(inputs, node) : undefined
}

/** The same items in row-major order. */
const sameOrder: Rule = ([input], { outputs }) =>
  input && placeIn(outputs[0]?.shape ?? [], itemsBefore(input.value.shape, input.place))

const joined: Rule = (inputs, node) => {
  const { axis } = node.attributes as { axis: number }
  const places = inputs.map(({ place }) => place)
  const isWhole = inputs.length === node.inputs.length && places[0]?.axis !== axis
  return isWhole && isSame(places) ? places[0] : undefined
}

const rules: { readonly [K in Exclude<OpName, ElementwiseOperator>]?: Rule } = {
  BatchNormalization: along(() => [1]),
  Expand: aligned,
  ReduceSum: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceMin: reduction,
  Softmax: ofAxis,
  LogSoftmax: ofAxis,
  TopK: ofAxis,
  Gather: ofAxis,
  Conv: layer,
  ConvTranspose: layer,
  MaxPool: layer,
  AveragePool: layer,
  GlobalAveragePool: layer,
  GlobalMaxPool: layer,
  Resize: layer,
  Gemm: matrixProduct,
  MatMul: matrixProduct,
  Reshape: sameOrder,
  Flatten: sameOrder,
  Transpose: ([input], { attributes }) =>
    input && {
      ...input.place,
      axis: (attributes as { perm: readonly number[] }).perm.indexOf(input.place.axis),
    },
  Concat: joined,
  Slice: along(({ attributes }) => (attributes as { axes: readonly number[] }).axes),
  Pad: along(({ attributes }) =>
    (attributes as { pads: readonly (readonly number[])[] }).pads.flatMap((pads, axis) =>
      pads.some((pad) => pad !== 0) ? [axis] : [],
    ),
  ),
}

/** Follows the images of a batch through a graph that grows. */
export interface BatchFollower {
  /**
   * Where the batch lies in a value; undefined where the value is the same for every image.
   * @throws UNSUPPORTED_MODEL naming the layer that mixes the images of a batch.
   */
  placeOf(value: Value): BatchPlace | undefined
}

/** Starts to follow the batch of a graph. */
export function followBatch(graph: Graph): BatchFollower {
  const places: (BatchPlace | undefined)[] = []

  function place(node: Node): BatchPlace | undefined {
    const inputs = node.inputs.flatMap((value) => {
      const found = places[value.node.id]
      return found ? [{ value, place: found }] : []
    })
    // A leaf, or something that is made for the whole batch at once, the same for every image.
    if (inputs.length === 0) return placeIn(node.outputs[0]?.shape ?? [], 1)
    const found = (rules[node.op as keyof typeof rules] ?? aligned)(inputs, node)
    if (found) return found
    const where = isNode(node, 'Input') || node.layer === undefined ? '' : ` in layer '${node.layer}'`
    const shapes = node.inputs.map(({ shape }) => formatShape(shape)).join(', ')
    throw new SaliencyError('UNSUPPORTED_MODEL', `${node.op}${where} mixes the images of a batch (${shapes})`)
  }

  return {
    placeOf({ node }) {
      for (let id = places.length; id <= node.id; id++) places.push(place(graph.nodes[id] as Node))
      return places[node.id]
    },
  }
}
