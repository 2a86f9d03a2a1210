import type { Ops, OptionValues, Value } from '@saliency/core'
import type { fullgradOptions } from './options.ts'
import { channelSums, perChannel, type Stack } from './stack.ts'

/** The options that say what psi keeps and over what it is rescaled. */
export type PsiOptions = Omit<OptionValues<typeof fullgradOptions>, 'upsampling'>

/** How much a kept value takes of |v|, of b·|s·x|, of v and of |b|·s·x, where v = b·s·x. */
type Mixture = readonly [magnitude: number, rising: number, signed: number, weighed: number]

/**
 * What is kept of a contribution. Here sit the rectifiers: v⁺ = (|v| + v)/2, and likewise (s·x)⁺ of a positive gradient and
 * b⁺. All forms then need only sums over channels that they share.
 */
const mixtures: Readonly<Record<PsiOptions['gradient'], Record<PsiOptions['psi'], Mixture>>> = {
  signed: {
    absolute: [1, 0, 0, 0],
    positive: [0.5, 0, 0.5, 0],
    negative: [0.5, 0, -0.5, 0],
    signed: [0, 0, 1, 0],
  },
  positive: {
    absolute: [0.5, 0, 0, 0.5],
    positive: [0.25, 0.25, 0.25, 0.25],
    negative: [0.25, -0.25, -0.25, 0.25],
    signed: [0, 0.5, 0.5, 0],
  },
}

/** Which gradients enter: of a contribution already made, all. */
function gradientOf({ isFinal }: Stack, { gradient }: PsiOptions): PsiOptions['gradient'] {
  return isFinal ? 'signed' : gradient
}

const mixtureOf = (stack: Stack, options: PsiOptions): Mixture =>
  mixtures[gradientOf(stack, options)][options.psi]

/** The sum of values times numbers, those with 0 left out. */
function mix(ops: Ops, parts: readonly (readonly [number, () => Value])[]): Value | undefined {
  const used = parts.filter(([share]) => share !== 0)
  const [sum, ...rest] = used.map(([share, value]) => ops.mul(value(), share))
  return sum && rest.reduce((total, value) => ops.add(total, value), sum)
}

/** b, or 1 where options leave the bias out, and s, `[S, T, c]`. */
function factors(ops: Ops, { scale, bias }: Stack, options: PsiOptions): { scale: Value; bias: Value } {
  return { scale, bias: options.bias ? bias : ops.fill(bias.shape, 1) }
}

/** The weights of |x| and of x in what is kept, `[S, T, c]`. */
function keptWeights(ops: Ops, stack: Stack, options: PsiOptions): { ofMagnitude?: Value; ofSignal?: Value } {
  const { scale, bias } = factors(ops, stack, options)
  const [magnitude, rising, signed, weighed] = mixtureOf(stack, options)
  const ofMagnitude = mix(ops, [
    [magnitude, () => ops.abs(ops.mul(scale, bias))],
    [rising, () => ops.mul(ops.abs(scale), bias)],
  ])
  const ofSignal = mix(ops, [
    [signed, () => ops.mul(scale, bias)],
    [weighed, () => ops.mul(scale, ops.abs(bias))],
  ])
  return { ...(ofMagnitude && { ofMagnitude }), ...(ofSignal && { ofSignal }) }
}

/** What a weighted sum over channels is taken of: |x| or x. */
type Kind = 'magnitude' | 'signal'

/** The presets that rescale channel by channel: their weights, one row for each image, share the pass of all others. */
const riders: Readonly<Record<Kind, PsiOptions>> = {
  magnitude: { psi: 'absolute', rescale: 'channel', gradient: 'signed', bias: true },
  signal: { psi: 'signed', rescale: 'channel', gradient: 'signed', bias: true },
}

/**
 * Sums over channels of |x| or of x with the weights of every preset, `[n, S, 3·T + 1, h·w]`. Signals are far larger than
 * anything made of them, so that each pass over them counts.
 */
function sharedSums(ops: Ops, stack: Stack, kind: Kind): Value {
  const { scale, bias, signals, termsEach, size } = stack
  const isMagnitude = kind === 'magnitude'
  const rows = isMagnitude
    ? [ops.abs(ops.mul(scale, bias)), ops.mul(ops.abs(scale), bias), ops.abs(scale)]
    : [ops.mul(scale, bias), ops.mul(scale, ops.abs(bias)), scale]
  const shape = [signals.length, 3 * termsEach, size[0]]
  const same = ops.expand(ops.reshape(ops.concat(rows, 1), [1, ...shape]), ['n', ...shape])
  const { ofMagnitude, ofSignal } = rescaledWeights(ops, stack, riders[kind])
  const weights = ops.concat([same, (isMagnitude ? ofMagnitude : ofSignal) as Value], 2)
  return channelSums(ops, stack, weights, isMagnitude ? (x) => ops.abs(x) : (x) => x)
}

/** One of three rows of every term, `[n, S·T, h·w]`. */
function sharedSum(ops: Ops, stack: Stack, kind: Kind, row: number): Value {
  const { signals, termsEach, size } = stack
  const place = { axes: [2], starts: [row * termsEach], ends: [(row + 1) * termsEach] }
  const taken = ops.slice(sharedSums(ops, stack, kind), place)
  return ops.reshape(taken, ['n', signals.length * termsEach, size[1] * size[2]])
}

/** The weights of |x| and of x in what is kept, divided by each channel's range and summed over terms: `[n, S, 1, c]`. */
function rescaledWeights(ops: Ops, stack: Stack, options: PsiOptions): ReturnType<typeof keptWeights> {
  const { range } = channelRange(ops, stack, options)
  const share = (weights: Value) => ops.reduceSum(ops.div(weights, range), { axes: [2] })
  const { ofMagnitude, ofSignal } = keptWeights(ops, stack, options)
  return {
    ...(ofMagnitude && { ofMagnitude: share(ofMagnitude) }),
    ...(ofSignal && { ofSignal: share(ofSignal) }),
  }
}

/** Σ over channels of what is kept of each term, `[n, S·T, h·w]`. */
export function keptSums(ops: Ops, stack: Stack, options: PsiOptions): Value {
  const [magnitude, rising, signed, weighed] = mixtureOf(stack, options)
  const row = (at: number) => (options.bias ? at : 2)
  const sum = mix(ops, [
    [magnitude, () => sharedSum(ops, stack, 'magnitude', row(0))],
    [rising, () => sharedSum(ops, stack, 'magnitude', row(1))],
    [signed, () => sharedSum(ops, stack, 'signal', row(0))],
    [weighed, () => sharedSum(ops, stack, 'signal', row(1))],
  ]) as Value
  // Where one sign is absent the halves cancel, up to rounding.
  return options.psi === 'signed' ? sum : ops.relu(sum)
}

/** Σ over terms and channels of what is kept, each channel divided by its range: `[n, 1, h·w]`. */
export function rescaledSum(ops: Ops, stack: Stack, options: PsiOptions): Value {
  const { ofMagnitude, ofSignal } = rescaledWeights(ops, stack, options)
  const last = 3 * stack.termsEach
  const sum = (kind: Kind, weights: Value | undefined): Value[] => {
    if (!weights) return []
    const rider = rescaledWeights(ops, stack, riders[kind])
    // Equal weights are one value: those of a preset are found in the shared sums.
    const sums = Object.values(rider).includes(weights)
      ? ops.slice(sharedSums(ops, stack, kind), { axes: [2], starts: [last], ends: [last + 1] })
      : channelSums(ops, stack, weights, kind === 'magnitude' ? (x) => ops.abs(x) : (x) => x)
    return [ops.reduceSum(sums, { axes: [1] })]
  }
  const parts = [...sum('magnitude', ofMagnitude), ...sum('signal', ofSignal)]
  const total = parts.reduce((all, part) => ops.add(all, part))
  return ops.reshape(total, ['n', 1, stack.size[1] * stack.size[2]])
}

/** The ε of pytorch-grad-cam, which rescales channel by channel. */
const epsilon = 1e-7

/** Greatest less least of what is kept, and the least where there is one, channel by channel: `[n, S, T, c]`. */
export function channelRange(ops: Ops, stack: Stack, options: PsiOptions): { range: Value; least?: Value } {
  const { most, least } = extremes(ops, stack, options)
  const range = ops.add(least ? ops.sub(most, least) : most, epsilon)
  return { range, ...(least && { least }) }
}

/** Least and greatest of what is kept, channel by channel, `[n, S, T, c]`; a signed map has no least. */
export function extremes(ops: Ops, stack: Stack, options: PsiOptions): { most: Value; least?: Value } {
  const { scale, bias } = factors(ops, stack, options)
  const image = { axes: [2, 3] }
  const above = perChannel(ops, stack, (x) => ops.reduceMax(x, image))
  const below = perChannel(ops, stack, (x) => ops.reduceMin(x, image))
  const isPositive = gradientOf(stack, options) === 'positive'
  const contribution = (end: Value) =>
    isPositive ? ops.mul(ops.relu(ops.mul(end, scale)), bias) : ops.mul(end, ops.mul(scale, bias))
  const ends = [contribution(above), contribution(below)] as const
  if (options.psi === 'positive')
    return { most: ops.relu(ops.max(...ends)), least: ops.relu(ops.min(...ends)) }
  if (options.psi === 'negative') {
    return { most: ops.relu(ops.neg(ops.min(...ends))), least: ops.relu(ops.neg(ops.max(...ends))) }
  }
  const sizes = [ops.abs(ends[0]), ops.abs(ends[1])] as const
  const most = ops.max(...sizes)
  if (options.psi === 'signed') return { most }
  if (isPositive) return { most, least: ops.min(...sizes) }
  const nearest = perChannel(ops, stack, (x) => ops.reduceMin(ops.abs(x), image))
  return { most, least: ops.mul(nearest, ops.abs(ops.mul(scale, bias))) }
}
