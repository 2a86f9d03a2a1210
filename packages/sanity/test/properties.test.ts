import { originalWeights, type Condition } from '@saliency/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scorePairs } from '../src/verdict/score-pairs.ts'
import { classSensitivity } from '../src/checks/class-sensitivity.ts'
import { parameterRandomization } from '../src/checks/parameter-randomization.ts'
import { rank } from '../src/similarity/rank.ts'
import { similarity } from '../src/similarity/similarity.ts'
import { spearman } from '../src/similarity/spearman.ts'
import { holm } from '../src/statistics/holm.ts'
import { sensitive } from './explainers.ts'
import { groupsOf, images, rowsOf, SIDE } from './harness.ts'

const values = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 4, maxLength: 60 })
const plane = (data: Float32Array) => ({ data, height: 1, width: data.length })

describe('ranks', () => {
  test('sum to n (n + 1) / 2, and agree with counting', () => {
    fc.assert(
      fc.property(values, (list) => {
        const data = Float32Array.from(list)
        const ranks = rank(data)
        const counted = Array.from(data, (value) => {
          const below = data.filter((other) => other < value).length
          const equal = data.filter((other) => other === value).length
          return below + (equal + 1) / 2
        })
        expect(Array.from(ranks)).toEqual(counted)
      }),
    )
  })

  test('rho does not change when one map is stretched by an increasing function, and flips with its negative', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 40 }),
        (list) => {
          const a = plane(Float32Array.from(list))
          const b = plane(Float32Array.from(list, (_, i) => Math.sin(i * 7)))
          const cubed = plane(a.data.map((value) => value ** 3))
          const negative = plane(a.data.map((value) => -value))
          expect(similarity(spearman, cubed, b)).toBe(similarity(spearman, a, b))
          expect(similarity(spearman, negative, b)).toBeCloseTo(-similarity(spearman, a, b)!, 12)
        },
      ),
    )
  })
})

test('Holm never lowers a p value, keeps their order and stays in [0, 1]', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (list) => {
      const adjusted = holm(list)
      adjusted.forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(list[i]!)
        expect(value).toBeLessThanOrEqual(1)
        adjusted.forEach((other, j) => list[i]! < list[j]! && expect(value).toBeLessThanOrEqual(other))
      })
    }),
  )
})

describe('rows', () => {
  test('randomising nothing scores 1, for an explainer that depends on everything', async () => {
    const [group] = groupsOf(images(8))
    const from: Condition = {
      id: 'original',
      weights: originalWeights,
      target: { policy: 'rank', rank: 0 },
      input: { kind: 'original' },
    }
    const to: Condition = { ...from, id: 'nothing' }
    const maps = async () => {
      const data = group!.images.flatMap((image) => [...sensitive(image, from, image.label!)])
      return { data: Float32Array.from(data), shape: [8, 1, SIDE, SIDE] as const, targets: [] }
    }
    const comparison = { from, to, condition: 'nothing', protocol: {} }
    const options = { similarities: ['spearman', 'ssim', 'hog'], partners: 0 }
    const rows = await scorePairs({ group: group!, variant: 'sensitive', maps }, [comparison], options)
    expect(rows).toHaveLength(24)
    expect(new Set(rows.map(({ value }) => value))).toEqual(new Set([1]))
  })

  test.each([
    [classSensitivity.id, classSensitivity],
    [parameterRandomization.id, parameterRandomization],
  ] as const)('%s: permuting images with their targets permutes rows', async (_, check) => {
    const some = images(8)
    const options = { similarities: 'spearman', partners: 0, draws: 2 }
    const shuffled = [3, 0, 7, 5, 1, 6, 2, 4].map((i) => some[i]!)
    const key = (row: {
      image: string
      condition: string
      metric: string
      protocol: object
      value: number | null
    }) => [row.image, row.condition, row.metric, JSON.stringify(row.protocol), row.value].join(' ')
    const before = (await rowsOf(check, { sensitive }, { images: some, options })).map(key)
    const after = (await rowsOf(check, { sensitive }, { images: shuffled, options })).map(key)
    expect(after).not.toEqual(before)
    expect(after.toSorted()).toEqual(before.toSorted())
  })
})
