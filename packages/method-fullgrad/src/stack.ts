import type { Ops, Value } from '@saliency/core'
import type { Term } from './contributions.ts'

/**
 * Terms of one shape side by side, so that a handful of nodes serves them all: an engine opens thousands of nodes slowly.
 * S signals have T terms each; the contribution of a channel is v = g · b with g = scale · signal.
 */
export interface Stack {
  /** Each `[n, c, h, w]`. */
  readonly signals: readonly Value[]
  readonly termsEach: number
  readonly size: readonly [channels: number, height: number, width: number]
  /** Whether the signals are contributions already, which no option on gradients concerns any more. */
  readonly isFinal: boolean
  /** `[1, S, T, c]` */
  readonly scale: Value
  /** `[1, S, T, c]` */
  readonly bias: Value
}

/** Terms of one shape, signal by signal. */
function stackOf(ops: Ops, bySignal: readonly (readonly Term[])[]): Stack {
  const signals = bySignal.map(([term]) => (term as Term).signal)
  const terms = bySignal.flat()
  const termsEach = terms.length / signals.length
  const size = (signals[0] as Value).shape.slice(1).map(Number) as [number, number, number]
  const shape = [1, signals.length, termsEach, size[0]]
  const sideBySide = (name: 'scale' | 'bias') => {
    if (terms.every((term) => !term[name])) return ops.fill(shape, 1)
    const columns = terms.map((term) => term[name] ?? ops.fill([size[0], 1, 1], 1))
    return ops.reshape(ops.concat(columns, 0), shape)
  }
  const isFinal = terms.every(({ bias }) => !bias)
  return { signals, termsEach, size, isFinal, scale: sideBySide('scale'), bias: sideBySide('bias') }
}

/** Items with one key next to each other, in the order of their first. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => unknown): readonly (readonly T[])[] {
  const groups = new Map<unknown, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return [...groups.values()]
}

/** Sorts the terms that have a place in the image into stacks. */
export function stacksOf(ops: Ops, terms: readonly Term[]): readonly Stack[] {
  const spatial = terms.filter(({ signal }) => signal.shape.length === 4)
  return grouped(spatial, ({ bias }) => !bias).flatMap((alike) => {
    const bySignal = grouped(alike, ({ signal }) => signal)
    const byShape = grouped(bySignal, (own) => [...(own[0] as Term).signal.shape, own.length].join())
    return byShape.map((stack) => stackOf(ops, stack))
  })
}

/** The largest, the smallest and the smallest by magnitude of each channel's signals, `[n, 3, S, 1, c]`. */
export function extremes(ops: Ops, { signals, size: [channels] }: Stack): Value {
  const perChannel = (reduce: (signal: Value) => Value) =>
    ops.reshape(ops.concat(signals.map(reduce), 1), ['n', 1, signals.length, 1, channels])
  const most = perChannel((x) => ops.reduceMax(x, { axes: [2, 3] }))
  const least = perChannel((x) => ops.reduceMin(x, { axes: [2, 3] }))
  const magnitude = perChannel((x) => ops.reduceMin(ops.abs(x), { axes: [2, 3] }))
  return ops.concat([most, least, ops.max(ops.min(magnitude, most), least)], 1)
}

/**
 * A function f of each channel with f(t · x) = t · f(x) for t ≥ 0, so that f(x) = max(x, 0) · f(1) − min(x, 0) · f(−1): two
 * numbers for each channel say all of it, and one does where f is even or odd.
 */
export interface Homogeneous {
  of(signal: Value): Value
  readonly symmetry: 'even' | 'odd' | 'none'
}

/** Σ over channels of a function of the signals, `[n, S, T, h·w]`, without a pass over them for each step of it. */
export function sumOverChannels(ops: Ops, stack: Stack, { of, symmetry }: Homogeneous): Value {
  const at = (signal: number) => of(ops.fill(stack.scale.shape, signal))
  if (symmetry === 'even') return weighted(ops, stack, at(1), (x) => ops.abs(x))
  if (symmetry === 'odd') return weighted(ops, stack, at(1), (x) => x)
  const above = weighted(ops, stack, at(1), (x) => ops.relu(x))
  return ops.sub(
    above,
    weighted(ops, stack, at(-1), (x) => ops.min(x, 0)),
  )
}

/** Σ over channels of weights `[1 or n, S, T, c]` times a part of each signal, `[n, S, T, h·w]`. */
function weighted(ops: Ops, stack: Stack, weights: Value, part: (signal: Value) => Value): Value {
  const {
    signals,
    size: [channels, height, width],
  } = stack
  const sums = signals.map((signal, at) => {
    const own = ops.slice(weights, { axes: [1], starts: [at], ends: [at + 1] })
    return ops.matMul(own, ops.reshape(part(signal), ['n', 1, channels, height * width]))
  })
  return ops.concat(sums, 1)
}
