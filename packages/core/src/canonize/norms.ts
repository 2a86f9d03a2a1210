import type { Ops } from '../graph/ops.ts'
import type { Value } from '../graph/value.ts'
import { plainNumber } from './nouns.ts'
import { evaluate, reducedAxes, type Region, type Sample } from './region.ts'

/** A norm: how it is built from what it reads. */
export interface Norm {
  /** ONNX's name for it. */
  readonly kind: string
  readonly roles: readonly ('gamma' | 'beta')[]
  build(ops: Ops, base: Value, parameters: readonly Value[]): Value
}

/** How ε keeps the length, or the deviation, from zero: √(d² + ε²), d + ε or max(d, ε). */
type Guard = 'root' | 'sum' | 'limit'

/** What a value is divided by: the length √Σx² or the deviation √(mean x²), of x or of x less its mean. */
interface Divisor {
  readonly isCentred: boolean
  readonly of: 'sum' | 'mean'
  readonly guard: Guard
  readonly epsilon: number
}

const mean = (sample: Sample): number => sample.reduce((sum, item) => sum + item, 0) / sample.length
const shape: Sample = [1.3, -0.4, 0.7, -2.1, 0.5]
const trials: readonly Sample[] = [1e3, 30, 1, 0.05, 2e-3, 1e-5].flatMap((size) => [
  shape.map((item) => item * size),
  shape.map((item) => (item + 0.9) * size),
])

const guarded: Readonly<Record<Guard, (d: number, epsilon: number) => number>> = {
  root: (d, epsilon) => Math.sqrt(d * d + epsilon * epsilon),
  sum: (d, epsilon) => d + epsilon,
  limit: Math.max,
}

/** What a norm makes of a sample that stands for `size` values. */
function computed({ isCentred, of, guard, epsilon }: Divisor, sample: Sample, size: number): Sample {
  const centre = isCentred ? mean(sample) : 0
  const centred = sample.map((item) => item - centre)
  const square = mean(centred.map((item) => item * item)) * (of === 'sum' ? size : 1)
  const divisor = guarded[guard](Math.sqrt(square), epsilon)
  return centred.map((item) => item / divisor)
}

const isClose = (found: number, wanted: number) => Math.abs(found - wanted) <= 1e-7 + 1e-4 * Math.abs(wanted)

/** The divisors that a function may have; ε is what is left of it where the sample is almost nothing. */
function divisors(f: (sample: Sample) => Sample | undefined): readonly Divisor[] {
  const tiny = shape.map((item) => item * 1e-18)
  return [true, false].flatMap((isCentred) => {
    const centre = isCentred ? mean(tiny) : 0
    const epsilon = plainNumber(((tiny[0] as number) - centre) / (f(tiny)?.[0] ?? Number.NaN))
    if (!(epsilon < 1)) return []
    // The length itself: nothing keeps it from zero.
    if (epsilon < 1e-15)
      return (['mean', 'sum'] as const).map((of) => ({ isCentred, of, guard: 'root' as const, epsilon: 0 }))
    return (['mean', 'sum'] as const).flatMap((of) =>
      (['root', 'sum', 'limit'] as const).map((guard) => ({ isCentred, of, guard, epsilon })),
    )
  })
}

/** A square whose root vanishes beside any ε. */
const smallestSquare = 1e-36

/** The norm as its operator is imported: √(mean (x − mean)² + ε²) and so on. */
function build(
  ops: Ops,
  x: Value,
  axes: readonly number[],
  { isCentred, of, guard, epsilon }: Divisor,
): Value {
  const centred = isCentred ? ops.sub(x, ops.reduceMean(x, { axes })) : x
  const reduce = of === 'mean' ? ops.reduceMean : ops.reduceSum
  const square = reduce(ops.mul(centred, centred), { axes })
  if (epsilon === 0) return ops.div(centred, ops.sqrt(square))
  if (guard === 'root') return ops.div(centred, ops.sqrt(ops.add(square, plainNumber(epsilon * epsilon))))
  // max(√s, ε) = √max(s, ε²), whose gradient at a zero vector is 0, as PyTorch's is; that of a root is not finite there.
  const least = guard === 'limit' ? plainNumber(epsilon * epsilon) : smallestSquare
  const length = ops.sqrt(ops.clip(square, least, Infinity))
  return ops.div(centred, guard === 'sum' ? ops.add(length, epsilon) : length)
}

function kindOf({ isCentred, of }: Divisor): string {
  if (isCentred) return 'LayerNormalization'
  return of === 'mean' ? 'RMSNormalization' : 'LpNormalization'
}

/** What parameters of a norm may be. */
const uses: readonly (readonly ('gamma' | 'beta')[])[] = [
  [],
  ['gamma'],
  ['beta'],
  ['gamma', 'beta'],
  ['beta', 'gamma'],
]

const GAMMA = 1.7

/** Without its own gamma and beta: (f(x) − beta)/gamma. */
function bare(
  region: Region,
  roles: readonly ('gamma' | 'beta')[],
  sample: Sample,
  beta: number,
): Sample | undefined {
  const scale = roles.includes('gamma') ? GAMMA : 1
  const shift = roles.includes('beta') ? beta : 0
  const parameters = roles.map((role) => (role === 'gamma' ? GAMMA : beta))
  return evaluate(region, sample, parameters)?.map((item) => (item - shift) / scale)
}

/** The norm that a region computes, however it is written: layer, group, instance and RMS norm, and division by the length. */
export function normOf(region: Region): Norm | undefined {
  const axes = reducedAxes(region)
  if (!axes) return undefined
  const size = axes.reduce((product, axis) => product * Number(region.base.shape[axis]), 1)
  for (const roles of uses) {
    if (roles.length !== region.parameters.length) continue
    const f = (sample: Sample) => bare(region, roles, sample, -0.6)
    // Beside a beta nothing would be left of a sample that is almost nothing.
    const found = divisors((sample) => bare(region, roles, sample, 0)).find((divisor) =>
      // Guards differ where the sample is about as small as ε.
      [...trials, shape.map((item) => item * divisor.epsilon)].every((sample) => {
        const [values, wanted] = [f(sample), computed(divisor, sample, size)]
        return wanted.every((item, at) => isClose(values?.[at] ?? Number.NaN, item))
      }),
    )
    if (!found) continue
    return {
      kind: kindOf(found),
      roles,
      build: (ops, x, parameters) => applied(ops, build(ops, x, axes, found), roles, parameters),
    }
  }
  return undefined
}

function applied(
  ops: Ops,
  normal: Value,
  roles: readonly ('gamma' | 'beta')[],
  parameters: readonly Value[],
): Value {
  const [gamma, beta] = (['gamma', 'beta'] as const).map((role) => parameters[roles.indexOf(role)])
  const scaled = gamma ? ops.mul(normal, gamma) : normal
  return beta ? ops.add(scaled, beta) : scaled
}
