import type { Dim, ReduceAttributes } from '@saliency/core'
import { resized } from './resize.ts'
import { plain, withInputs, type Serialise } from './serialise.ts'

type ShapeOperator =
  | 'Fill'
  | 'ReduceSum'
  | 'ReduceMean'
  | 'ReduceMax'
  | 'ReduceMin'
  | 'Softmax'
  | 'LogSoftmax'
  | 'TopK'
  | 'Reshape'
  | 'Flatten'
  | 'Transpose'
  | 'Expand'
  | 'Concat'
  | 'Slice'
  | 'Pad'
  | 'Resize'
  | 'Gather'
  | 'ScatterElements'

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin'

const reduce = <K extends Reduction>(): Serialise<K> =>
  withInputs<K>(
    ({ axes }: ReduceAttributes, writer) => [writer.integers(axes)],
    ({ keepdims }: ReduceAttributes) => ({ keepdims: keepdims ? 1 : 0 }),
  )

const isBatch = (dim: Dim) => typeof dim !== 'number'

/** The operators that reduce, order or move values, and constants of the batch's size. */
export const shapes: { readonly [K in ShapeOperator]: Serialise<K> } = {
  Fill: (node, writer) => {
    const { shape, value } = node.attributes
    writer.emit(node, {
      op: 'ConstantOfShape',
      inputs: [writer.sizes(shape)],
      attributes: { value: writer.tensor('float32', [1], [value]) },
    })
  },
  ReduceSum: reduce(),
  ReduceMean: reduce(),
  ReduceMax: reduce(),
  ReduceMin: reduce(),
  Softmax: plain(({ axis }) => ({ axis })),
  LogSoftmax: plain(({ axis }) => ({ axis })),
  TopK: (node, writer) => {
    const { k, axis, largest, sorted } = node.attributes
    writer.emit(node, {
      inputs: [...node.inputs.map((value) => writer.name(value)), writer.integers([k])],
      outputs: node.outputs.map((value) => writer.name(value)),
      attributes: { axis, largest: largest ? 1 : 0, sorted: sorted ? 1 : 0 },
    })
  },
  Reshape: (node, writer) => {
    const [input] = node.inputs
    // 0 copies the input's size, which tells the runtime that it is the same batch; −1 is worked out.
    const target = node.attributes.shape.map((dim, axis) =>
      typeof dim === 'number' ? dim : input?.shape[axis] === dim ? 0 : -1,
    )
    writer.emit(node, {
      inputs: [...node.inputs.map((value) => writer.name(value)), writer.integers(target)],
    })
  },
  Flatten: plain(({ axis }) => ({ axis })),
  Transpose: plain(({ perm }) => ({ perm })),
  Expand: (node, writer) => {
    const [input] = node.inputs
    const { shape } = node.attributes
    const offset = shape.length - (input?.shape.length ?? 0)
    // An axis that already has the batch's size need not be expanded to it.
    const target = shape.map((dim, axis) => (isBatch(dim) && input?.shape[axis - offset] === dim ? 1 : dim))
    writer.emit(node, { inputs: [...node.inputs.map((value) => writer.name(value)), writer.sizes(target)] })
  },
  Concat: plain(({ axis }) => ({ axis })),
  Slice: withInputs(({ axes, starts, ends, steps }, writer) => [
    writer.integers(starts),
    writer.integers(ends),
    writer.integers(axes),
    writer.integers(steps),
  ]),
  Pad: withInputs(
    ({ pads, mode, value }, writer) => [
      writer.integers([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]),
      ...(mode === 'constant' ? [writer.scalar(value)] : []),
    ],
    ({ mode }) => ({ mode }),
  ),
  Resize: (node, writer) => writer.emit(node, resized(node, writer)),
  Gather: (node, writer) => {
    const { axis, indices } = node.attributes
    writer.emit(node, {
      inputs: [...node.inputs.map((value) => writer.name(value)), writer.integers(indices)],
      attributes: { axis },
    })
  },
  ScatterElements: plain(({ axis }) => ({ axis, reduction: 'add' })),
}
