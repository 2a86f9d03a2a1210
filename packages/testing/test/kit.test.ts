import { defineCheck, tensor, type Check, type Figure, type Row } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { figureProblems } from '../src/figures.ts'
import { describeCheck, mapError, median, seededImages, tinyNetwork, tinyNetworkNames } from '../src/index.ts'

const mass: Check<{
  readonly scale: {
    readonly type: 'number'
    readonly default: number
    readonly description: string
  }
}> = defineCheck({
  contract: 1,
  id: 'mass',
  title: 'Sum of a map',
  references: ['The sum of all values.'],
  options: { scale: { type: 'number', default: 1, description: 'Factor of the sum.' } },
  conditions: () => [
    {
      id: 'original',
      weights: { kind: 'original' },
      target: { policy: 'rank', rank: 0 },
      input: { kind: 'original' },
    },
  ],
  async score({ variant, group, conditions, options, maps }) {
    const [condition] = conditions
    if (!condition) return []
    const { data } = await maps(condition)
    const size = data.length / group.images.length
    return group.images.map(({ id }, at): Row => {
      const sum = data.slice(at * size, (at + 1) * size).reduce((total, value) => total + value, 0)
      const protocol = { scale: options.scale }
      return {
        metric: 'mass',
        variant,
        condition: condition.id,
        image: id,
        value: options.scale * sum,
        status: 'ok',
        protocol,
      }
    })
  },
  summarise: (rows) => ({
    findings: rows.map(({ variant, metric, value }) => ({
      variant,
      metric,
      value,
      images: 1,
      undefinedCount: 0,
    })),
    figures: [
      {
        kind: 'forest',
        title: 'Sums',
        caption: 'The sum of each map.',
        points: rows.map(({ variant, image, value }) => ({ label: image, name: variant, value: value ?? 0 })),
      },
    ],
  }),
})

describeCheck(mass)

describe('figures of a check', () => {
  const named = { title: 'Sums', caption: 'The sum of each map.' }
  const line = (...points: { x: number; y: number | null; low?: number; high?: number }[]): Figure => ({
    ...named,
    kind: 'curve',
    x: 'step',
    lines: [{ name: 's', points: points.map((point) => ({ label: '', ...point })) }],
  })
  const matrix = (...values: (number | null)[][]): Figure => {
    return { ...named, kind: 'matrix', rows: ['a', 'b'], columns: ['c'], values }
  }

  it('can be drawn: gaps are null, intervals hold their values', () => {
    expect(figureProblems(line({ x: 0, y: null }, { x: 1, y: 2, low: 1, high: 2 }))).toEqual([])
    expect(figureProblems(matrix([null], [1]))).toEqual([])
  })

  it.each([
    ['NaN in a line', line({ x: 0, y: NaN }), /point at \(0, NaN\)/],
    [
      'a value outside of its interval',
      line({ x: 0, y: 3, low: 1, high: 2 }),
      /3 outside of its interval \[1, 2\]/,
    ],
    ['half an interval', line({ x: 0, y: 1, low: 1 }), /\[1, undefined\]/],
    ['a row too few', matrix([1]), /not 2 rows of 1/],
    ['an infinite value', matrix([1], [Infinity]), /a value is Infinity/],
    ['no caption', { ...matrix([1], [1]), caption: ' ' }, /caption is empty/],
    ['an unknown kind', { ...named, kind: 'pie' } as never, /'pie' is none of curve, forest, matrix/],
  ])('cannot with %s', (_, figure, problem) => {
    expect(figureProblems(figure).join('\n')).toMatch(problem)
  })
})

describe('toBeCloseToMap', () => {
  const map = tensor(Float32Array.of(1, -10, 2, 0), [1, 1, 2, 2])
  const near = tensor(Float32Array.of(1.0005, -10, 2, 0), [1, 1, 2, 2])

  it('measures against the largest magnitude of the image', () => {
    expect(near).toBeCloseToMap(map, 1e-4)
    expect(near).not.toBeCloseToMap(map, 1e-5)
  })

  it('never takes what is not a number for close, and refuses other shapes', () => {
    expect(tensor(Float32Array.of(NaN, -10, 2, 0), [1, 1, 2, 2])).not.toBeCloseToMap(map, 1)
    expect(() => mapError(map, tensor(Float32Array.of(1), [1, 1, 1, 1]))).toThrow('do not compare')
  })
})

describe('mapError', () => {
  it('by hand: 3 4 against 3 5 is off by 1/√34 in L2, in half of the values', () => {
    const [a, b] = [tensor(Float32Array.of(3, 4), [1, 1, 1, 2]), tensor(Float32Array.of(3, 5), [1, 1, 1, 2])]
    const { relativeL2, share, largest } = mapError(a, b)
    expect(relativeL2[0]).toBeCloseTo(1 / Math.sqrt(34), 12)
    expect(share).toEqual([0.5])
    expect(largest).toEqual([0.2])
  })

  it('median of an even count is the mean of the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([5, 1, 3])).toBe(3)
  })
})

describe('tiny networks', () => {
  it.each(tinyNetworkNames)('%s has the same weights every time, and others for another seed', (name) => {
    const [a, b, c] = [tinyNetwork(name), tinyNetwork(name), tinyNetwork(name, { seed: 2 })]
    expect(b.weights).toEqual(a.weights)
    expect(c.weights).not.toEqual(a.weights)
    expect(
      a.model.layers.flatMap(({ parameters }) => parameters).every(({ name }) => a.weights.has(name)),
    ).toBe(true)
  })

  it('take images that depend on nothing but their position', () => {
    const { model } = tinyNetwork('dot')
    expect(seededImages(model, 3).data.slice(0, 192)).toEqual(seededImages(model, 1).data)
  })
})
