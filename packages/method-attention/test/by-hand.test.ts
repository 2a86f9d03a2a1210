import { tensor } from '@saliency/core'
import { explainWith } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { attention } from '../src/index.ts'
import { twoTokens, type Numbers } from './two-tokens.ts'

const log3 = Math.log(3)
/** x = (ln 3, 0). */
const inputs = tensor(Float32Array.of(log3, 0), [1, 1, 1, 2])
const all = Object.keys(attention.variants)

/** The maps at x, each two numbers; the path of Beyond Intuition is its two ends. */
async function mapsOf(numbers: Numbers): Promise<ReadonlyMap<string, readonly number[]>> {
  const direction = tensor(Float32Array.of(1), [1, 1])
  const options = { from: 0, steps: 2 }
  const maps = await explainWith({ ...twoTokens(numbers), method: attention, inputs, direction, options })
  return new Map([...maps].map(([name, { data }]) => [name, [...data]]))
}

describe('two tokens by hand', () => {
  // x = (ln 3, 0), v = (−6, 2): A = (3/4, 1/4) and g = v/2 = (−3, 1) in both rows; sigmoid(S) = (3/4, 1/2).
  // Both tokens are read: what is a row of R counts as the mean of both rows, and the identity as (1/2, 1/2).
  //   A ⊙ g = (−9/4, 1/4)
  //   rollout: rows (7/4, 1/4)/2 and (3/4, 5/4)/2
  //   gradient rollout: rows (1, 1/4)/(5/4) and (0, 5/4)/(5/4); signed (−5/4, 1/4)/−1 and (−9/4, 5/4)/−1
  //   Grad-CAM: A · mean g = −A, and A · mean ReLU(g) = A/2
  //   ∂y/∂x₁ = 1/2 + 3/4 · (−8/ln 3) + (v₁ − v₂) · 3/16 = −1 − 6/ln 3; x₂ = 0
  //   Beyond Intuition: g at x = 0 is (1, 1), so that the path's mean is (−1, 1). One head: its share is 1, and as
  //   mean Aᵀg = −1/2 · … is negative, −1 if signs are kept. R: rows (7/4, 1/4) and (3/4, 5/4), or (1/4, −1/4) and (−3/4, 3/4).
  const expected: Readonly<Record<string, readonly [number, number]>> = {
    raw: [3 / 4, 1 / 4],
    rollout: [5 / 8, 3 / 8],
    'grad-rollout': [2 / 5, 3 / 5],
    'grad-rollout-no-relu': [7 / 4, -3 / 4],
    gradcam: [0, 0],
    'gradcam-no-relu': [-3 / 4, -1 / 4],
    'gradcam-plus': [3 / 8, 1 / 8],
    genatt: [1 / 2, 3 / 4],
    'genatt-relu-after-heads': [1 / 2, 3 / 4],
    'genatt-no-relu': [1 / 2 - 9 / 4, 3 / 4],
    legrad: [0, 1],
    'legrad-no-relu': [-3, 1],
    'legrad-mean': [0, 1],
    'legrad-mean-no-relu': [-3, 1],
    agcam: [0, 1 / 2],
    'agcam-no-relu': [-9 / 4, 1 / 2],
    attcat: [(-log3 - 6) * (3 / 4), 0],
    'attcat-plus': [0, 0],
    cdam: [-log3 - 6, 0],
    'cdam-plus': [0, 0],
    'beyond-intuition': [0, 3 / 4],
    'beyond-intuition-no-relu': [1 / 4, 1 / 4],
  }

  it('every variant', async () => {
    const maps = await mapsOf({ slope: -8 / log3, offset: 2 })
    expect(Object.keys(expected)).toEqual(all)
    for (const name of all) {
      for (const [token, value] of (expected[name] ?? []).entries())
        expect(maps.get(name)?.[token], `${name}, token ${token}`).toBeCloseTo(value, 5)
    }
  })

  it('GenAtt of one head and one block is the identity and a row of A ⊙ g', async () => {
    const maps = await mapsOf({ slope: -8 / log3, offset: 2 })
    const row = maps.get('genatt-no-relu')?.map((value) => value - 1 / 2)
    expect(row?.[0]).toBeCloseTo((3 / 4) * -3, 5)
    expect(row?.[1]).toBeCloseTo(1 / 4, 5)
  })

  it('a positive variant is its signed sibling where nothing is negative', async () => {
    // v = (6, 2): g = (3, 1), and ∂y/∂x₁ = 1/2 + 3/4 · 4/ln 3 + 4 · 3/16 > 0.
    const maps = await mapsOf({ slope: 4 / log3, offset: 2 })
    const pairs = all.flatMap((name) => {
      const { counterpart } = attention.variants[name] ?? {}
      return counterpart === undefined ? [] : [[name, counterpart] as const]
    })
    expect(pairs.length).toBeGreaterThanOrEqual(10)
    for (const [name, sibling] of pairs) {
      expect(maps.get(name), name).toEqual(maps.get(sibling))
      expect(
        maps.get(name)?.some((value) => value > 0),
        name,
      ).toBe(true)
    }
    expect(maps.get('gradcam')).toEqual(maps.get('gradcam-no-relu'))
  })
})
