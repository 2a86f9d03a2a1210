import type { Ops, Pads, Pair, Shape, Value } from '@saliency/core'
import fc from 'fast-check'
import type { Leaves, Numbers } from './compare.ts'

/** One operator's random attributes and shapes, and the graph that they make. */
export interface Case<P> {
  readonly settings: fc.Arbitrary<P>
  trace(ops: Ops, leaves: Leaves, settings: P): Value | readonly Value[]
}

export const define = <P>(settings: fc.Arbitrary<P>, trace: Case<P>['trace']): Case<unknown> =>
  ({ settings, trace }) as Case<unknown>

export const integer = (min: number, max: number) => fc.integer({ min, max })
export const pairOf = (min: number, max: number): fc.Arbitrary<Pair> =>
  fc.tuple(integer(min, max), integer(min, max))
export const padsUpTo = (max: number): fc.Arbitrary<Pads> =>
  fc.tuple(integer(0, max), integer(0, max), integer(0, max), integer(0, max))
export const feature = fc.record({ channels: integer(1, 5), size: pairOf(1, 9) })
export const nothing = fc.constant(undefined)

/** The same values at ranks 1, 2 and 4. */
export const shapes = fc.constantFrom<Shape>(['n', 5], ['n', 3, 4, 5], [7], ['n', 2, 1, 1], ['n', 2, 6])

export const unary = (name: keyof Ops, numbers: Numbers = 'signed') =>
  define(shapes, (ops, { input }, shape) => (ops[name] as (x: Value) => Value)(input(shape, numbers)))

/** Operands that broadcast in the ways that methods use. */
export const operands = fc.constantFrom<readonly [Shape, Shape]>(
  [
    ['n', 3, 4, 5],
    ['n', 3, 4, 5],
  ],
  [
    ['n', 3, 4, 5],
    ['n', 1, 1, 1],
  ],
  [
    ['n', 3, 4, 5],
    [3, 1, 1],
  ],
  [
    ['n', 3, 1, 1],
    ['n', 1, 4, 5],
  ],
  [['n', 3, 4, 5], [1]],
  [['n', 3, 4, 5], [5]],
  [
    ['n', 4, 1, 6],
    ['n', 4, 1, 6],
  ],
  [['n', 5], [5]],
  [
    ['n', 5],
    ['n', 1],
  ],
  [[], ['n', 2, 3, 3]],
)

export const binary = (name: keyof Ops, first: Numbers = 'signed', second: Numbers = 'signed') =>
  define(operands, (ops, { input }, [a, b]) =>
    (ops[name] as (x: Value, y: Value) => Value)(input(a, first), input(b, second)),
  )

export const logic = (name: 'and' | 'or') =>
  define(operands, (ops, { input }, [a, b]) => ops[name](ops.greater(input(a), 0), ops.greater(input(b), 0)))

export const reduce = (name: 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin') =>
  define(
    fc.record({ axes: fc.subarray([0, 1, 2, 3], { minLength: 1 }), keepdims: fc.boolean() }),
    (ops, { input }, settings) => ops[name](input(['n', 3, 4, 5]), settings),
  )

export const pool = fc
  .record({
    size: pairOf(5, 9),
    channels: integer(1, 3),
    kernel: pairOf(1, 3),
    strides: pairOf(1, 3),
    pads: padsUpTo(1),
    ceilMode: fc.boolean(),
  })
  // A window may not begin in padding alone.
  .map((settings) => ({
    ...settings,
    pads: settings.pads.map((pad, side) =>
      Math.min(pad, (settings.kernel[side % 2] ?? 1) - 1),
    ) as unknown as Pads,
  }))

export const convolution = fc.record({
  size: pairOf(5, 10),
  group: integer(1, 3),
  inner: integer(1, 3),
  outer: integer(1, 3),
  kernel: pairOf(1, 3),
  strides: pairOf(1, 3),
  dilations: pairOf(1, 2),
  pads: padsUpTo(2),
  hasBias: fc.boolean(),
})

export const permutation = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 })
