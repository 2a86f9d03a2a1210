import { createRandom, type Measurement, type Row } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { againstControl } from '../src/checks/goodhart.ts'
import { judgeParts } from '../src/parts/judge-parts.ts'
import { factsOf } from './harness.ts'

const row = (variant: string, metric: string, image: number, value: number | null): Row => ({
  metric,
  variant,
  condition: 'original',
  image: `image ${image}`,
  protocol: {},
  ...(value === null ? { value, status: 'undefined', note: 'none' } : { value, status: 'ok' }),
})

interface Truth {
  readonly deletion: number
  readonly target: number
}

/** Rows of scenes of known means: agreements of ranks that spread, and two objects of which each is found or not. */
function partRows(variant: string, { deletion, target }: Truth, count: number, study: number): Row[] {
  const random = createRandom('parts', variant, deletion, target, count, study)
  return Array.from({ length: count }, (_, image) => {
    const spread = Math.min(deletion, 1 - deletion, 0.3)
    const coin = () => Number(random.uniform() < target)
    return [
      row(variant, 'part-single-deletion', image, deletion + spread * (2 * random.uniform() - 1)),
      row(variant, 'part-target-sensitivity', image, (coin() + coin()) / 2),
    ]
  }).flat()
}

const partsOf = (rows: readonly Row[]): Measurement => judgeParts(rows, factsOf(['v']), 0.5)[0]!

const STUDIES = 300
const counts = [32, 100, 300]

describe('parts', () => {
  test.each(counts)('error rates with %d images: intervals cover, few false verdicts', (count) => {
    const cases: readonly (Truth & { wrong: readonly string[] })[] = [
      { deletion: 0.75, target: 0.75, wrong: ['finds the parts'] },
      { deletion: 0.9, target: 0.95, wrong: ['ranks the parts otherwise', 'confuses the objects'] },
      { deletion: 0.9, target: 0.5, wrong: ['finds the parts', 'ranks the parts otherwise'] },
      { deletion: 0.5, target: 0.9, wrong: ['finds the parts', 'confuses the objects'] },
    ]
    for (const { wrong, ...truth } of cases) {
      let [covered, isFalse] = [0, 0]
      for (let i = 0; i < STUDIES; i++) {
        const { outcome, interval, details } = partsOf(partRows('v', truth, count, i))
        const own = details!['decides'] === 'part-single-deletion' ? truth.deletion : truth.target
        const [low, high] = interval!
        covered += Number(low <= 2 * own - 1 && 2 * own - 1 <= high)
        isFalse += Number(wrong.includes(outcome!))
      }
      const name = JSON.stringify(truth)
      expect(covered / STUDIES, `coverage at ${name}`).toBeGreaterThanOrEqual(0.93)
      expect(isFalse / STUDIES, `false verdicts at ${name}`).toBeLessThanOrEqual(0.05)
    }
  })

  test('the failing protocol decides, and both have to hold', () => {
    const outcomeAt = (deletion: number, target: number) =>
      partsOf(partRows('v', { deletion, target }, 300, 0)).outcome
    expect(outcomeAt(0.95, 0.98)).toBe('finds the parts')
    expect(outcomeAt(0.5, 0.98)).toBe('ranks the parts otherwise')
    expect(outcomeAt(0.95, 0.5)).toBe('confuses the objects')
    expect(outcomeAt(0.95, 0.76)).toBe('undecided')
  })

  test('scenes of one object are judged by ranks alone, and few maps with a value by nothing', () => {
    const rows = partRows('v', { deletion: 0.95, target: 1 }, 120, 0)
    const ofOne = partsOf(rows.filter(({ metric }) => metric === 'part-single-deletion'))
    expect(ofOne.outcome).toBe('finds the parts')
    expect(ofOne.notes!.join()).toContain('whose object is whose was not asked')
    const half = rows.map((one, at) => (at % 4 < 2 ? row('v', one.metric, at >> 1, null) : one))
    expect(partsOf(half)).toMatchObject({ value: null, outcome: 'undefined', undefinedCount: 60 })
  })

  test('a variant is compared with its counterpart protocol by protocol, on the scenes that both have', () => {
    const rows = [
      ...partRows('v', { deletion: 0.9, target: 0.5 }, 100, 1),
      ...partRows('w', { deletion: 0.6, target: 0.5 }, 90, 1),
    ]
    const found = judgeParts(rows, factsOf(['v', 'w'], { v: { counterpart: 'w' } }), 0.5)
    const ranks = found.find(({ metric }) => metric === 'part-single-deletion-less-counterpart')!
    expect(ranks.value).toBeCloseTo(0.3, 1)
    expect(ranks).toMatchObject({ variant: 'v', images: 90, details: { counterpart: 'w' } })
    const deletion = found.find(({ metric }) => metric === 'part-deletion-less-counterpart')!
    expect(deletion.outcome).toBe('not comparable')
    expect(found.filter(({ metric }) => metric === 'parts')).toHaveLength(2)
  })
})

describe('the Goodhart control', () => {
  const metric = 'patch-deletion'

  /** Areas of a variant and of the control whose difference has a known mean. */
  function rowsOf(gain: number, count: number, study: number): Row[] {
    const random = createRandom('goodhart simulation', gain, count, study)
    return Array.from({ length: count }, (_, image) => {
      const [own, control] = [0.5 - gain / 2, 0.5 + gain / 2]
      const near = (mean: number) => mean + 0.25 * (2 * random.uniform() - 1)
      return [row('v', metric, image, near(own)), row('v', `control-${metric}`, image, near(control))]
    }).flat()
  }

  test.each(counts)('error rates with %d images: intervals cover, few false outcomes', (count) => {
    for (const gain of [-0.1, 0, 0.05, 0.2]) {
      let [covered, isFalse] = [0, 0]
      for (let i = 0; i < STUDIES; i++) {
        // Of deletion lower is better: what the variant lacks is its gain.
        const { interval, outcome } = againstControl('v', 'patch-deletion', rowsOf(gain, count, i))
        covered += Number(interval![0] <= gain && gain <= interval![1])
        isFalse += Number(
          (outcome === 'the control wins' && gain >= 0) ||
            (outcome === 'better than the control' && gain <= 0),
        )
      }
      expect(covered / STUDIES, `coverage at ${gain}`).toBeGreaterThanOrEqual(0.93)
      expect(isFalse / STUDIES, `false outcomes at ${gain}`).toBeLessThanOrEqual(0.05)
    }
  })
})
