import type { ConvTransposeAttributes } from '../graph/operators.ts'
import type { Ops } from '../graph/ops.ts'
import { sameShape } from '../graph/shape.ts'
import { madeBy, type Value } from '../graph/value.ts'
import type { Application, BuildPass } from './build-pass.ts'
import { maskAnew } from './mask-anew.ts'

/** How far apart a signal's rows and columns come to stand. */
type Spacing = Pick<ConvTransposeAttributes, 'strides' | 'outputPadding'>

/** A small signal `[n, c, h, w]`, and the spacing at which it stands in a larger one that is zero elsewhere. */
interface Spread {
  readonly signal: Value
  readonly spacing: Spacing
}

/** The signal `[n, c, h, w]` with zeros between its rows and columns: what a strided convolution of one pixel leaves unread gets no gradient. */
export function spread(ops: Ops, signal: Value, spacing: Spacing): Value {
  const channels = Number(signal.shape[1])
  return ops.convTranspose(signal, ops.fill([channels, 1, 1, 1], 1), undefined, {
    ...spacing,
    group: channels,
  })
}

function spreadOf(value: Value | undefined): Spread | undefined {
  const node = value?.node.layer === undefined && value && madeBy(value, 'ConvTranspose')
  if (!node) return undefined
  const [signal, ones, bias] = node.inputs as readonly [Value, Value, Value?]
  const { strides, outputPadding, pads, group } = node.attributes
  const isOnes = madeBy(ones, 'Fill')?.attributes.value === 1 && ones.shape.join() === `${group},1,1,1`
  const isPlain = isOnes && !bias && pads.every((pad) => pad === 0)
  return isPlain ? { signal, spacing: { strides, outputPadding } } : undefined
}

const sameSpacing = (a: Spacing, b: Spacing) =>
  a.strides.join() === b.strides.join() && a.outputPadding.join() === b.outputPadding.join()

/** Every stride-th row and column: a pool of one pixel takes them. */
const sampled = (ops: Ops, x: Value, { strides }: Spacing) =>
  x.shape.length === 4 ? ops.averagePool(x, { kernel: [1, 1], strides }) : undefined

/** A spread signal where a mask of its size is 1. */
function masked(ops: Ops, [a, b]: readonly Value[]): Value | undefined {
  const left = spreadOf(a)
  const found = left ?? spreadOf(b)
  const mask = left ? b : a
  const fits = a && b && sameShape(a.shape, b.shape)
  const small = found && mask && fits && maskAnew(mask, (compared) => sampled(ops, compared, found.spacing))
  return small ? spread(ops, ops.mul(found.signal, small), found.spacing) : undefined
}

function summed(ops: Ops, [a, b]: readonly Value[]): Value | undefined {
  const [first, second] = [spreadOf(a), spreadOf(b)]
  if (!first || !second || !sameSpacing(first.spacing, second.spacing)) return undefined
  return spread(ops, ops.add(first.signal, second.signal), first.spacing)
}

/** A convolution of one pixel computes nothing where its input is zero. */
function convolved(ops: Ops, { inputs, attributes }: Application<'Conv'>): Value | undefined {
  const [x, kernel, bias] = inputs as readonly [Value, Value, Value?]
  const found = spreadOf(x)
  const { strides, pads } = attributes
  const isPixel =
    kernel.shape[2] === 1 && kernel.shape[3] === 1 && [...strides, ...pads].join() === '1,1,0,0,0,0'
  if (!found || bias || !isPixel) return undefined
  return spread(ops, ops.conv(found.signal, kernel, undefined, attributes), found.spacing)
}

/** Computes signals with zeros between their rows and columns without the zeros, as long as it can. */
export const spreadSignals: BuildPass = {
  name: 'spread-signals',
  when: 'build',
  does: 'Sums, masks, rectifiers and convolutions of one pixel are computed of a signal before zeros come between its rows and columns, so that the way back through the last layers before a stride of ResNet v1 costs a quarter.',
  needs:
    'The signal came back through a convolution of one pixel with a stride; a sum takes two of one spacing; a mask compares with a number.',
  rewrite(application, ops) {
    const { op, inputs } = application
    if (op === 'Add') return summed(ops, inputs)
    if (op === 'Mul') return masked(ops, inputs)
    if (op === 'Conv') return convolved(ops, application as Application<'Conv'>)
    const found = op === 'Relu' ? spreadOf(inputs[0]) : undefined
    return found && spread(ops, ops.relu(found.signal), found.spacing)
  },
}
