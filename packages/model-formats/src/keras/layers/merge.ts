import { type Ops, type Value } from '@saliency/core'
import { fromSourceOrder, inSourceOrder, like, asSourceValue, type SourceValue } from '../../source-value.ts'
import { unsupported, invalid } from '../../problems.ts'
import type { LayerImporter } from '../layer-call.ts'

/** Brings values to one placement: unchanged where all have the same, else all in the source's order. */
export function together(inputs: readonly SourceValue[], ops: Ops): readonly SourceValue[] {
  const [first] = inputs
  if (!first) throw invalid('A merging layer has no inputs.')
  const same = inputs.every(
    ({ axes, flattened }) =>
      axes.join() === first.axes.join() && JSON.stringify(flattened) === JSON.stringify(first.flattened),
  )
  if (same) return inputs
  if (inputs.some(({ axes }) => axes.length !== first.axes.length)) {
    throw unsupported('its inputs have different ranks')
  }
  return inputs.map((placed) => fromSourceOrder(inSourceOrder(placed, ops), ops))
}

const fold =
  (combine: (ops: Ops, a: Value, b: Value) => Value): LayerImporter =>
  ({ inputs, ops }) => {
    const [first, ...others] = together(inputs, ops) as readonly [SourceValue, ...SourceValue[]]
    return like(
      first,
      others.reduce((sum, { value }) => combine(ops, sum, value), first.value),
    )
  }

const average: LayerImporter = (call) => {
  const sum = fold((ops, a, b) => ops.add(a, b))(call)
  return like(sum, call.ops.div(sum.value, call.inputs.length))
}

/** Joined along the source's axis; flattened images are put back into the source's order first. */
export function concatenateAlong(inputs: readonly SourceValue[], axis: number, ops: Ops): SourceValue {
  const placed = inputs.some(({ flattened }) => flattened)
    ? inputs.map((item) => asSourceValue(inSourceOrder(item, ops)))
    : together(inputs, ops)
  const [first] = placed as readonly [SourceValue, ...SourceValue[]]
  const target = first.axes.at(axis)
  if (target === undefined) throw unsupported(`concatenation along axis ${axis}`)
  if (target === 0) throw unsupported('concatenation along the batch')
  return like(
    first,
    ops.concat(
      placed.map(({ value }) => value),
      target,
    ),
  )
}

const concatenate: LayerImporter = ({ inputs, config, ops }) =>
  concatenateAlong(inputs, config.number('axis', -1), ops)

/** Layers with several inputs. */
export const mergeLayers: Readonly<Record<string, LayerImporter>> = {
  Add: fold((ops, a, b) => ops.add(a, b)),
  Subtract: fold((ops, a, b) => ops.sub(a, b)),
  Multiply: fold((ops, a, b) => ops.mul(a, b)),
  Maximum: fold((ops, a, b) => ops.max(a, b)),
  Minimum: fold((ops, a, b) => ops.min(a, b)),
  Average: average,
  Concatenate: concatenate,
}
