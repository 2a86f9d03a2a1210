import type { Node, Value } from '@saliency/core'
import type { Emission, Writer } from './writer.ts'

/** How a resize is written. @param input the name of what is resized, if not that of the node's own input */
export function resized(
  { inputs, outputs, attributes }: Node<'Resize'>,
  writer: Writer,
  input?: string,
): Emission {
  const [small] = inputs as readonly [Value]
  const { mode, coordinates } = attributes
  const { shape } = outputs[0] as Value
  const factors = shape.map((dim, axis) =>
    dim === small.shape[axis] ? 1 : Number(dim) / Number(small.shape[axis]),
  )
  // ONNX Runtime moves transposes through a resize, and forgets its attribute 'axes': all axes are written, as factors where
  // these are whole, since the batch's size is not known.
  const target = factors.every(Number.isInteger) ? [writer.floats(factors)] : ['', writer.sizes(shape)]
  return {
    op: 'Resize',
    inputs: [input ?? writer.name(small), '', ...target],
    attributes: {
      mode,
      coordinate_transformation_mode: coordinates,
      // Repeating pixels by a whole factor (asymmetric) rounds down, as deep-learning frameworks do.
      ...(mode === 'nearest' && coordinates === 'asymmetric' && { nearest_mode: 'floor' }),
    },
  }
}
