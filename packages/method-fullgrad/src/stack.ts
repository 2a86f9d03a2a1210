import type { Ops, Value } from '@saliency/core'
import type { Term } from './term.ts'

/**
 * Terms of one shape side by side: S signals with T terms each. What is said of a term's channels is `[n, S, T, c]`, of a
 * term's pixels `[n, S·T, h·w]`; a handful of nodes then serves all terms of a stack, and all variants.
 */
export interface Stack {
  readonly signals: readonly Value[]
  readonly termsEach: number
  /** `[c, h, w]` */
  readonly size: readonly [channels: number, height: number, width: number]
  /** Whether the signals are contributions already, which no option on gradients concerns any more. */
  readonly isFinal: boolean
  /** `[S, T, c]` */
  readonly scale: Value
  /** `[S, T, c]` */
  readonly bias: Value
}

const isFinalTerm = ({ bias }: Term): boolean => bias === undefined

function stackOf(ops: Ops, bySignal: readonly (readonly [Value, readonly Term[]])[]): Stack {
  const [[first, { length: termsEach }]] = bySignal as [readonly [Value, readonly Term[]]]
  const [channels, height, width] = first.shape.slice(1).map(Number) as [number, number, number]
  const shape = [bySignal.length, termsEach, channels]
  const side = (name: 'scale' | 'bias') => {
    const columns = bySignal.flatMap(([, terms]) => terms.map((term) => term[name]))
    if (columns.every((column) => !column)) return ops.fill(shape, 1)
    const filled = columns.map((column) => column ?? ops.fill([1, channels, 1, 1], 1))
    return ops.reshape(ops.concat(filled, 0), shape)
  }
  const signals = bySignal.map(([signal]) => signal)
  const isFinal = bySignal.every(([, terms]) => terms.every(isFinalTerm))
  const size = [channels, height, width] as const
  return { signals, termsEach, size, isFinal, scale: side('scale'), bias: side('bias') }
}

/** Sorts terms `[n, c, h, w]` into stacks, contributions apart from gradients. */
export function stacksOf(ops: Ops, terms: readonly Term[]): readonly Stack[] {
  const gradients = terms.filter((term) => !isFinalTerm(term))
  return [...byShape(ops, terms.filter(isFinalTerm)), ...byShape(ops, gradients)]
}

function byShape(ops: Ops, terms: readonly Term[]): readonly Stack[] {
  const bySignal = new Map<Value, Term[]>()
  for (const term of terms) bySignal.set(term.signal, [...(bySignal.get(term.signal) ?? []), term])
  const shapes = new Map<string, [Value, Term[]][]>()
  for (const entry of bySignal) {
    const key = [...entry[0].shape.slice(1), entry[1].length].join()
    shapes.set(key, [...(shapes.get(key) ?? []), entry])
  }
  return [...shapes.values()].map((entries) => stackOf(ops, entries))
}

/** A number per channel of every signal, `[n, S, 1, c]`, by what reduces a signal to `[n, c, 1, 1]`. */
export function perChannel(ops: Ops, { signals, size }: Stack, reduce: (signal: Value) => Value): Value {
  return ops.reshape(ops.concat(signals.map(reduce), 1), ['n', signals.length, 1, size[0]])
}

/** Each signal's rows of `weights` `[1 or n, S, rows, c]` times its channels, `[n, S, rows, h·w]`, in one pass over it. */
export function channelSums(
  ops: Ops,
  { signals, size: [channels, height, width] }: Stack,
  weights: Value,
  of: (signal: Value) => Value,
): Value {
  const sums = signals.map((signal, at) => {
    const own = ops.slice(weights, { axes: [1], starts: [at], ends: [at + 1] })
    return ops.matMul(own, ops.reshape(of(signal), ['n', 1, channels, height * width]))
  })
  return ops.concat(sums, 1)
}
