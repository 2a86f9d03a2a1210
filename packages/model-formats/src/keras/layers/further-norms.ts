import { fixedDim, type Value } from '@saliency/core'
import { standardize } from '../../decompositions.ts'
import { unsupported } from '../../problems.ts'
import { asSourceValue, inSourceOrder, like, type SourceValue } from '../../source-value.ts'
import type { LayerCall, LayerImporter } from '../layer-call.ts'

/** The input as it lies, or in the source's order where an image was flattened. */
const placed = ({ input, ops }: LayerCall): SourceValue =>
  input.flattened ? asSourceValue(inSourceOrder(input, ops)) : input

/** The graph's axes that a setting names in the source's. */
function axesOf({ config }: LayerCall, { axes }: SourceValue): readonly number[] {
  const listed = config.has('axis') ? config.numbers('axis') : [-1]
  return listed.map((axis) => {
    const found = axes.at(axis)
    if (found === undefined || found === 0) throw unsupported(`a norm over axis ${axis} of ${axes.length}`)
    return found
  })
}

/** A weight with one entry for each place of an axis, in a shape that spreads over the value. */
function alongAxis(call: LayerCall, weight: string, { shape }: Value, axis: number): Value {
  const size = fixedDim(shape[axis], 'The normalised axis')
  const role = weight === 'beta' ? 'beta' : 'gamma'
  const vector = call.parameter({ weight, role, shape: [size], initializer: `${weight}_initializer` })
  return call.ops.reshape(
    vector,
    shape.map((_, index) => (index === axis ? size : 1)),
  )
}

/** Mean and variance of each group of neighbouring channels, over all places (Wu and He 2018). */
const groupNormalization: LayerImporter = (call) => {
  const { config, ops } = call
  const input = placed(call)
  const { value } = input
  const [axis = 1, ...others] = axesOf(call, input)
  if (others.length > 0) throw unsupported('groups of several axes')
  const size = fixedDim(value.shape[axis], 'The channel count')
  const asked = config.number('groups', 32)
  const groups = asked === -1 ? size : asked
  const split = [...value.shape.slice(0, axis), groups, size / groups, ...value.shape.slice(axis + 1)]
  const over = split.map((_, index) => index).filter((index) => index !== 0 && index !== axis)
  const grouped = standardize(ops, ops.reshape(value, split), over, config.number('epsilon', 1e-3))
  let result = ops.reshape(grouped, value.shape)
  if (config.boolean('scale', true)) result = ops.mul(result, alongAxis(call, 'gamma', value, axis))
  if (config.boolean('center', true)) result = ops.add(result, alongAxis(call, 'beta', value, axis))
  return like(input, result)
}

/** x / √(mean x² + ε) · scale (Zhang and Sennrich 2019). */
const rmsNormalization: LayerImporter = (call) => {
  const { config, ops } = call
  const input = placed(call)
  const { value } = input
  const [axis = 1, ...others] = axesOf(call, input)
  if (others.length > 0) throw unsupported('normalisation over several axes')
  const mean = ops.reduceMean(ops.mul(value, value), { axes: [axis] })
  const scaled = ops.div(value, ops.sqrt(ops.add(mean, config.number('epsilon', 1e-6))))
  return like(input, ops.mul(scaled, alongAxis(call, 'scale', value, axis)))
}

/** Keras' own: what a vector of zeros is divided by. */
const LEAST = 1e-12

/** x divided by its length along some axes. */
const unitNormalization: LayerImporter = (call) => {
  const { ops } = call
  const input = placed(call)
  const { value } = input
  const squares = ops.reduceSum(ops.mul(value, value), { axes: axesOf(call, input) })
  return like(input, ops.div(value, ops.sqrt(ops.max(squares, LEAST))))
}

/** Norms that images have besides batch and layer norm. */
export const furtherNorms: Readonly<Record<string, LayerImporter>> = {
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  UnitNormalization: unitNormalization,
}
