import { fixedDim, type Pads, type Pair } from '@saliency/core'
import { integersOf } from '../../constant/constant-tensor.ts'
import { unsupported } from '../../problems.ts'
import type { OperatorImporter } from '../node-call.ts'

function pairOf(list: readonly number[], what: string): Pair {
  const [rows, columns] = list
  if (rows === undefined || columns === undefined || list.length !== 2)
    throw unsupported(`${what} has ${list.length} axes; only images with two are supported`)
  return [rows, columns]
}

/** Weights `[k, 1, rows, columns]` that put each of k numbers at its own place of a block. */
function places([rows, columns]: Pair): number[] {
  const count = rows * columns
  return Array.from({ length: count * count }, (_, at) => (at % (count + 1) === 0 ? 1 : 0))
}

/**
 * `[n, c·k, blocks]` as images `[n, c, h, w]`, where what overlaps is added: torch's `fold`. Each channel is a transposed
 * convolution that puts number i of a block at place i.
 */
const fold: OperatorImporter = (call) => {
  const { ops, attributes } = call
  const size = pairOf(integersOf(call.constant(1)), "'image_shape'")
  const kernel = pairOf(integersOf(call.constant(2)), "'block_shape'")
  const [strides, dilations] = (['strides', 'dilations'] as const).map((name) =>
    pairOf(attributes.integers(name) ?? [1, 1], `'${name}'`),
  ) as [Pair, Pair]
  const [top = 0, left = 0, bottom = 0, right = 0] = attributes.integers('pads') ?? []
  const pads: Pads = [top, left, bottom, right]
  const along = (axis: 0 | 1) => {
    const padded = size[axis] + pads[axis] + (pads[axis + 2] ?? 0)
    const room = padded - (kernel[axis] - 1) * dilations[axis] - 1
    return { blocks: Math.floor(room / strides[axis]) + 1, left: room % strides[axis] }
  }
  const [rows, columns] = [along(0), along(1)]
  const x = call.value(0)
  const [n = 'n', numbers] = x.shape
  const inputs = fixedDim(numbers, 'The channel count')
  const count = kernel[0] * kernel[1]
  const group = inputs / count
  const blocks = call.reshaped(x, [n, inputs, rows.blocks, columns.blocks])
  const weights = ops.constant(Array.from({ length: group }, () => places(kernel)).flat(), [
    inputs,
    1,
    ...kernel,
  ])
  const outputPadding: Pair = [rows.left, columns.left]
  return [ops.convTranspose(blocks, weights, undefined, { strides, pads, dilations, group, outputPadding })]
}

/** Images put together from blocks. */
export const foldOperators: Readonly<Record<string, OperatorImporter>> = { Col2Im: fold }
