import type { Ops, Value } from '@saliency/core'
import { channelRange, extremes, keptSums, rescaledSum, type PsiOptions } from './psi.ts'
import type { Stack } from './stack.ts'

/** The ε of idiap's code, which rescales layer by layer. */
const epsilon = 1e-6

/** Sums of ψ over the terms of each stack, and what is still to be taken off their sum everywhere. */
export interface Rescaled {
  /** `[n, 1, h·w]` for each stack. */
  readonly sums: readonly Value[]
  /** `[n, 1, 1]` */
  readonly offset?: Value
}

function byChannel(ops: Ops, stacks: readonly Stack[], options: PsiOptions): Rescaled {
  const offsets: Value[] = []
  const sums = stacks.map((stack) => {
    const { range, least } = channelRange(ops, stack, options)
    if (least) offsets.push(ops.reduceSum(ops.div(least, range), { axes: [1, 2, 3] }))
    return rescaledSum(ops, stack, options)
  })
  const [first, ...rest] = offsets
  const total = first && rest.reduce((sum, offset) => ops.add(sum, offset), first)
  return { sums, ...(total && { offset: ops.reshape(total, ['n', 1, 1]) }) }
}

/** The extremes of all terms lie side by side, `[n, 1, terms]`, so that one set of nodes serves all. */
function byLayer(ops: Ops, stacks: readonly Stack[], options: PsiOptions): Rescaled {
  const counts = stacks.map(({ signals, termsEach }) => signals.length * termsEach)
  const ends = stacks.map((stack) => extremes(ops, stack, options))
  const side = (values: readonly Value[]) =>
    ops.concat(
      values.map((value, at) => ops.reshape(value, ['n', 1, counts[at] as number])),
      2,
    )
  const greatest = side(ends.map(({ most }) => ops.reduceMax(most, { axes: [3] })))
  const leasts = ends.flatMap(({ least }) => (least ? [ops.reduceMin(least, { axes: [3] })] : []))
  const smallest = leasts.length > 0 ? side(leasts) : undefined
  const range = ops.add(smallest ? ops.sub(greatest, smallest) : greatest, epsilon)
  const weights = ops.reciprocal(range)
  let from = 0
  const sums = stacks.map((stack, at) => {
    const own = ops.slice(weights, { axes: [2], starts: [from], ends: [(from += counts[at] as number)] })
    return ops.matMul(own, keptSums(ops, stack, options))
  })
  if (!smallest) return { sums }
  const channels = stacks.flatMap(({ size }, at) => Array<number>(counts[at] as number).fill(size[0]))
  const taken = ops.mul(ops.mul(smallest, weights), ops.constant(channels, [1, 1, channels.length]))
  return { sums, offset: ops.reduceSum(taken, { axes: [2] }) }
}

/**
 * Σ over channels and terms of ψ(v), stack by stack. One-sided: (v − min)/(max + ε), min and max over a whole layer or a
 * channel, the maximum after the minimum is taken off. Signed: v/(max |v| + ε), which leaves zero at zero.
 */
export function rescale(ops: Ops, stacks: readonly Stack[], options: PsiOptions): Rescaled {
  if (options.rescale === 'channel') return byChannel(ops, stacks, options)
  if (options.rescale === 'layer') return byLayer(ops, stacks, options)
  return { sums: stacks.map((stack) => ops.reduceSum(keptSums(ops, stack, options), { axes: [1] })) }
}
