import { fixedDim, type ResizeAttributes, type SaliencyError, type Value } from '@saliency/core'
import { numbersIn, type ConstantTensor } from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import type { NodeCall, OperatorImporter } from '../node-call.ts'
import { alongAxis } from './along-axis.ts'
import { filterMatrix, type Filter } from '../filter-matrix.ts'
import { graphCoordinates, type ResampledAxis, type Resampling } from '../resampling.ts'

/** Longest side of an image that is still resized; a file that asks for more is broken or hostile. */
const longestSide = 2 ** 16

function side(length: number): number {
  if (length >= 1 && length <= longestSide) return length
  throw unsupported(`it resizes an image to a side of ${length}`)
}

/** Height and width before and after, from sizes or factors of all four axes, of which batch and channels must stay. */
function resampledAxes(
  x: Value,
  factors: readonly number[] | undefined,
  sizes: ConstantTensor | undefined,
): readonly [ResampledAxis, ResampledAxis] {
  if (x.shape.length !== 4) throw unsupported(`it resizes a value of rank ${x.shape.length}, not an image`)
  const [height, width] = [fixedDim(x.shape[2], 'The height'), fixedDim(x.shape[3], 'The width')]
  if (factors) {
    const [batch = 1, channels = 1, rows = 1, columns = 1] = factors
    if (batch !== 1 || channels !== 1) throw unsupported('it resizes the batch or the channels')
    const enlarge = (from: number, factor: number): ResampledAxis => ({
      from,
      // Runtimes multiply floats: 9 by the float nearest to 5/3 is 15, not a little less.
      to: side(Math.floor(Math.fround(from * factor))),
      factor,
    })
    return [enlarge(height, rows), enlarge(width, columns)]
  }
  const [, channels, rows, columns] = Array.from(sizes?.data ?? [])
  if (channels !== undefined && channels !== x.shape[1]) throw unsupported('it resizes the channels')
  const to = [fixedDim(rows, 'The new height'), fixedDim(columns, 'The new width')] as const
  return [
    { from: height, to: side(to[0]), factor: undefined },
    { from: width, to: side(to[1]), factor: undefined },
  ]
}

function modeOf({ attributes }: NodeCall): ResizeAttributes['mode'] {
  const mode = attributes.text('mode', 'nearest')
  if (mode === 'nearest' || mode === 'linear') return mode
  throw unsupported(`mode '${mode}' (nearest, linear and cubic are supported)`)
}

/** How pixels are weighed where the file resamples by more than the graph's Resize does; else undefined. */
function filterOf({ attributes }: NodeCall): Filter | undefined {
  const isCubic = attributes.text('mode', 'nearest') === 'cubic'
  const isAntialiased = attributes.integer('antialias', 0) !== 0
  if (!isCubic && !isAntialiased) return undefined
  if (!isCubic && attributes.text('mode', 'nearest') !== 'linear') return undefined
  return {
    cubic: isCubic ? attributes.float('cubic_coeff_a', -0.75) : undefined,
    isAntialiased,
    excludesOutside: attributes.integer('exclude_outside', 0) !== 0,
    coordinates: attributes.text('coordinate_transformation_mode', 'half_pixel'),
  }
}

function floats(call: NodeCall, index: number): readonly number[] | undefined {
  if (!call.has(index)) return undefined
  const known = call.constant(index)
  return known.data.length > 0 ? Array.from(numbersIn(known.data)) : undefined
}

/** How the file resamples; before operator set 11 there was one way. */
function resamplingOf(call: NodeCall): Resampling {
  const { attributes, opset } = call
  const mode = modeOf(call)
  if (opset < 11) return { mode, coordinates: 'asymmetric', rounding: 'simple' }
  return {
    mode,
    coordinates: attributes.text('coordinate_transformation_mode', 'half_pixel'),
    rounding: attributes.text('nearest_mode', 'round_prefer_floor'),
  }
}

/** What a resizing that the graph has no convention for asks for, and what to export in its place. */
function refuse({ mode, coordinates, rounding }: Resampling, axes: readonly ResampledAxis[]): SaliencyError {
  const sizes = (end: 'from' | 'to') => axes.map((axis) => axis[end]).join('×')
  const hasFactors = axes.some(({ factor }) => factor !== undefined)
  const by = hasFactors ? ` by the factors ${axes.map(({ factor }) => factor).join(', ')}` : ''
  const asked = `coordinate_transformation_mode '${coordinates}'${mode === 'nearest' ? `, nearest_mode '${rounding}'` : ''}`
  const known =
    mode === 'nearest'
      ? "'asymmetric' with 'floor' or 'half_pixel' with 'round_prefer_floor'"
      : "'half_pixel', 'align_corners' or 'asymmetric'"
  const instead = `export it with ${known}${hasFactors ? ', and sizes in place of factors' : ''}`
  return unsupported(`${mode} resizing from ${sizes('from')} to ${sizes('to')}${by}, ${asked} (${instead})`)
}

function resampled(
  call: NodeCall,
  factors: readonly number[] | undefined,
  sizes?: ConstantTensor,
): ReturnType<OperatorImporter> {
  const x = call.value(0)
  const { attributes } = call
  if (attributes.has('axes')) throw unsupported("the attribute 'axes'")
  const policy = attributes.text('keep_aspect_ratio_policy', 'stretch')
  if (policy !== 'stretch') throw unsupported(`keep_aspect_ratio_policy '${policy}'`)
  const axes = resampledAxes(x, factors, sizes)
  const filter = filterOf(call)
  if (filter)
    return [axes.reduce((image, axis, at) => alongAxis(call, image, 2 + at, filterMatrix(filter, axis)), x)]
  const file = resamplingOf(call)
  const coordinates = graphCoordinates(file, axes)
  if (!coordinates) throw refuse(file, axes)
  return [call.ops.resize(x, [axes[0].to, axes[1].to], { mode: file.mode, coordinates })]
}

/** Operator set 10 had two inputs; since 11 they are X, roi, scales, sizes. */
export const resize: OperatorImporter = (call) =>
  call.opset < 11
    ? resampled(call, floats(call, 1))
    : resampled(call, floats(call, 2), call.has(3) ? call.constant(3) : undefined)

/** Upsample, of operator set 9 and before, has factors only. */
export const upsample: OperatorImporter = (call) =>
  resampled(call, floats(call, 1) ?? call.attributes.floats('scales'))
