import { ancestors, isNode, type Model, type Node, type Value } from '@saliency/core'
import type { SourceInput } from './imported-model.ts'

/** What operators in front of a network make of a pixel, `scale · pixel + offset`, averaged over the channels. */
interface Scaling {
  readonly scale: number
  readonly offset: number
}

/** The mean of a constant's numbers; undefined where a value is no constant. */
function meanOf({ node }: Value): number | undefined {
  if (isNode(node, 'Fill')) return node.attributes.value
  if (!isNode(node, 'Constant')) return undefined
  const { data } = node.attributes
  return data.reduce((sum, number) => sum + number, 0) / data.length
}

const steps: Readonly<Record<string, (before: Scaling, by: number) => Scaling>> = {
  Add: ({ scale, offset }, by) => ({ scale, offset: offset + by }),
  Sub: ({ scale, offset }, by) => ({ scale, offset: offset - by }),
  Mul: ({ scale, offset }, by) => ({ scale: scale * by, offset: offset * by }),
  Div: ({ scale, offset }, by) => ({ scale: scale / by, offset: offset / by }),
}

/** Operators that leave numbers as they are. */
const arranging: ReadonlySet<string> = new Set(['Cast', 'Transpose'])

/** What a node makes of `value`, one of its inputs; undefined where it is no scaling. */
function scaled(before: Scaling, { op, inputs }: Node, value: Value): Scaling | undefined {
  if (arranging.has(op)) return before
  const other = inputs.find((input) => input !== value)
  const by = other && meanOf(other)
  const isTurned = inputs[0] !== value && (op === 'Sub' || op === 'Div')
  return by === undefined || isTurned ? undefined : steps[op]?.(before, by)
}

/** What a model's first operators make of a pixel; undefined where it begins with a layer. */
function ownScaling({ logits, image }: Model): Scaling | undefined {
  const nodes = ancestors([logits])
  let found: Scaling | undefined
  let value = image
  for (;;) {
    const readers = nodes.filter(({ inputs }) => inputs.includes(value))
    const [reader] = readers
    const next =
      reader && readers.length === 1 ? scaled(found ?? { scale: 1, offset: 0 }, reader, value) : undefined
    if (!reader || !next) return found
    found = next
    value = reader.outputs[0] as Value
  }
}

/** Networks see numbers that span this much. */
const spansWell = (span: number): boolean => span >= 0.4 && span <= 16

/**
 * The pixels that a model's own first operators are written for, where it has such operators: Keras' `Rescaling` and
 * `Normalization`, or a division by 255 that was exported with the network.
 * @param input the file's input, of which bytes leave no choice
 * @returns `[0, 255]` or `[0, 1]`; undefined where the graph begins with a layer, or its numbers fit neither
 */
export function ownPixelRange(
  model: Model,
  input?: Pick<SourceInput, 'holds'>,
): readonly [number, number] | undefined {
  if (input?.holds === 'bytes') return [0, 255]
  const own = ownScaling(model)
  if (!own) return undefined
  // A mean of 104 to 124 is taken away from bytes, and from nothing else.
  const isOfBytes = own.offset < -10 * Math.abs(own.scale) || spansWell(255 * Math.abs(own.scale))
  if (isOfBytes) return [0, 255]
  return spansWell(Math.abs(own.scale)) ? [0, 1] : undefined
}
