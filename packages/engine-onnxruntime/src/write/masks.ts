import { intervalOf, masks, steepest, type Interval } from '../passes/masks.ts'
import { writeScaled } from './scaled.ts'
import type { Serialise } from './serialise.ts'
import { elementTypes } from './tensors.ts'
import type { Writer } from './writer.ts'
import type { Node } from '@saliency/core'

/** A mask as the product of its sides, each a hard sigmoid. */
function writeSides(node: Node<'Cast'>, writer: Writer): void {
  const found = masks.rewrite(node) ?? []
  const [only, ...others] = found.map(({ x, slope, offset }, index) => {
    const outputs = found.length === 1 ? {} : { outputs: [writer.scratch(node, `side${index}`)] }
    const attributes = { alpha: { float: slope }, beta: { float: offset } }
    writer.emit(node, { op: 'HardSigmoid', inputs: [writer.name(x)], ...outputs, attributes })
    return outputs.outputs?.[0] ?? ''
  })
  if (others.length > 0) writer.emit(node, { op: 'Mul', inputs: [only ?? '', ...others] })
}

/**
 * 1[0 < y < limit] as a steep hard sigmoid of y − 2 · (y − limit/2)⁺, which is y or limit − y, whichever is less. Within
 * blocks of channels, ONNX Runtime makes one operator of the batch norm that multiplies by −2 and of all that follows. Every
 * step is exact: the slope is a power of two, and no difference is that of two numbers far apart.
 */
function writeInterval(node: Node<'Cast'>, { y, limit, channels }: Interval, writer: Writer): void {
  const middle = limit / 2
  const slope = 2 ** -Math.ceil(Math.log2(middle))
  const scratch = (what: string) => writer.scratch(node, what)
  const [above, twice, distance] = ['above', 'twice', 'distance'].map(scratch) as [string, string, string]
  const sigmoid = (alpha: number, beta: number) => ({ alpha: { float: alpha }, beta: { float: beta } })
  writer.emit(node, {
    op: 'HardSigmoid',
    inputs: [writer.name(y)],
    outputs: [above],
    attributes: sigmoid(slope, -slope * middle),
  })
  writeScaled(node, { input: above, factor: -2 / slope, channels, output: twice }, writer)
  writer.emit(node, { op: 'Add', inputs: [twice, writer.name(y)], outputs: [distance] })
  writer.emit(node, { op: 'HardSigmoid', inputs: [distance], attributes: sigmoid(steepest, 0) })
}

/** A cast, or the mask that it is. */
export const writeCast: Serialise<'Cast'> = (node, writer) => {
  const interval = intervalOf(node)
  if (interval && writer.fusedClips.has(interval.y)) writeInterval(node, interval, writer)
  else if (masks.rewrite(node)) writeSides(node, writer)
  else writer.emit(node, { attributes: { to: elementTypes[node.attributes.to] } })
}
