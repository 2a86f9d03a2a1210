import type { Ops, OptionValues, Value } from '@saliency/core'
import type { fullgradOptions } from './options.ts'
import { extremes, type Homogeneous, type Stack, sumOverChannels } from './stack.ts'

/** The options that say what psi keeps and over what it is rescaled. */
export type PsiOptions = Omit<OptionValues<typeof fullgradOptions>, 'upsampling'>

/** What is kept of a contribution: here sit the rectifiers. */
const handle: Readonly<Record<PsiOptions['psi'], (ops: Ops, v: Value) => Value>> = {
  absolute: (ops, v) => ops.abs(v),
  positive: (ops, v) => ops.relu(v),
  negative: (ops, v) => ops.relu(ops.neg(v)),
  signed: (_, v) => v,
}

/** Which gradients enter. */
const enter: Readonly<Record<PsiOptions['gradient'], (ops: Ops, g: Value) => Value>> = {
  signed: (_, g) => g,
  positive: (ops, g) => ops.relu(g),
}

const symmetries = { absolute: 'even', positive: 'none', negative: 'none', signed: 'odd' } as const

/** Σ of ψ(g · b) = rescale(handle(g · b)) over the channels and terms of a stack, `[n, 1, h, w]`. */
export function psi(ops: Ops, stack: Stack, options: PsiOptions): Value {
  const gradient = stack.isFinal ? 'signed' : options.gradient
  const b = options.bias ? stack.bias : ops.fill(stack.bias.shape, 1)
  const kept: Homogeneous = {
    of(signal) {
      const g = enter[gradient](ops, ops.mul(signal, stack.scale))
      return handle[options.psi](ops, ops.mul(g, b))
    },
    symmetry: gradient === 'signed' ? symmetries[options.psi] : 'none',
  }
  const sum = rescale(ops, stack, kept, options)
  const [, height, width] = stack.size
  return ops.reshape(ops.reduceSum(sum, { axes: [1, 2] }), ['n', 1, height, width])
}

/** The ε of idiap's code, which rescales layer by layer, and of pytorch-grad-cam, which does channel by channel. */
const epsilon = { layer: 1e-6, channel: 1e-7 }

/**
 * Σ over channels of (v − min v)/(max v − min v + ε) for what is kept, of a signed v of v/(max |v| + ε), which leaves zero at
 * zero, `[n, S, T, h·w]`. Extremes are those of a whole layer, or of each channel.
 */
function rescale(ops: Ops, stack: Stack, kept: Homogeneous, options: PsiOptions): Value {
  if (options.rescale === 'none') return sumOverChannels(ops, stack, kept)
  const isLayer = options.rescale === 'layer'
  const [channels] = stack.size
  // What is kept only rises or only falls with g on each side of 0, so its extremes lie where those of g do.
  const ends = kept.of(extremes(ops, stack))
  const over = { axes: isLayer ? [1, 4] : [1] }
  const each = (value: Value) =>
    ops.reshape(value, ['n', stack.signals.length, stack.termsEach, isLayer ? 1 : channels])
  const most = each(ops.reduceMax(ops.abs(ends), over))
  const least = options.psi === 'signed' ? 0 : each(ops.reduceMin(ends, over))
  const range = ops.add(ops.sub(most, least), epsilon[options.rescale])
  if (isLayer) {
    return ops.div(ops.sub(sumOverChannels(ops, stack, kept), ops.mul(least, channels)), range)
  }
  const divided = { ...kept, of: (signal: Value) => ops.div(kept.of(signal), range) }
  const offset = ops.reduceSum(ops.div(least, range), { axes: [3] })
  return ops.sub(sumOverChannels(ops, stack, divided), offset)
}
