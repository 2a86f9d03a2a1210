import type { ConvAttributes, Pads, SliceAttributes } from '../graph/operators.ts'
import { fixedDim, normalizeAxis } from '../graph/shape.ts'
import { isNode, type Node, type Value } from '../graph/value.ts'
import type { BuildPass } from './build-pass.ts'

/** How many rows and columns a slice of `[n, c, h, w]` takes from each side, if it does nothing else. */
function cropOf({ shape }: Value, { axes, starts, ends, steps }: SliceAttributes): Pads | undefined {
  const crop: [number, number, number, number] = [0, 0, 0, 0]
  for (const [index, given] of axes.entries()) {
    const side = normalizeAxis(given, shape.length) - 2
    if (side < 0 || steps[index] !== 1) return undefined
    const length = fixedDim(shape[side + 2], 'A sliced axis')
    const place = (at = 0) => Math.min(length, at < 0 ? Math.max(0, at + length) : at)
    crop[side] = place(starts[index])
    crop[side + 2] = length - place(ends[index])
  }
  return crop
}

/** The pads of a convolution that computes no more than what is kept. */
function padsWithout({ op, attributes }: Node<'Conv' | 'ConvTranspose'>, crop: Pads): Pads {
  // What pads add to the input of a convolution, they cut from the output of a transposed one.
  const sign = op === 'Conv' ? -1 : 1
  return attributes.pads.map((pad, side) => pad + sign * (crop[side] as number)) as unknown as Pads
}

const isDense = ({ strides }: ConvAttributes) => strides.every((stride) => stride === 1)

/** Computes no rows and columns that are cut away at once. */
export const croppedConvolutions: BuildPass = {
  name: 'cropped-convolutions',
  when: 'build',
  does: 'A slice that cuts rows and columns from a convolution becomes pads of the convolution, so that the way back through a layer with an explicit Pad before it is one operator.',
  needs:
    'Rules or methods built the convolution, which is transposed or has stride 1, and the pads of the latter are as wide as what is cut.',
  rewrite({ op, inputs: [value], attributes }, { convTranspose, conv }) {
    const node = value?.node
    if (op !== 'Slice' || !node || node.layer !== undefined) return undefined
    const isTransposed = isNode(node, 'ConvTranspose')
    if (!isTransposed && !(isNode(node, 'Conv') && isDense(node.attributes))) return undefined
    const crop = cropOf(value, attributes as SliceAttributes)
    const pads = crop && padsWithout(node, crop)
    if (!pads || pads.some((pad) => pad < 0)) return undefined
    const [x, weight, bias] = node.inputs as readonly [Value, Value, Value?]
    return (isTransposed ? convTranspose : conv)(x, weight, bias, { ...node.attributes, pads })
  },
}
