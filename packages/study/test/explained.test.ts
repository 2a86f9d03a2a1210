import type { Check, Condition, TargetPolicy } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { assertExplainable, explainedOf, type StudyTarget } from '../src/explained.ts'

const original = Float32Array.of(0.1, 3, -1, 2, 0.5)
const image = { id: 'photo', input: new Float32Array(), label: 2 }
const context = { image, original, seed: 1 }
const predicted: TargetPolicy = { policy: 'rank', rank: 0 }
const other = (draw: number): TargetPolicy => ({ policy: 'uniform', draw })

const named = (of: StudyTarget['of'], name = `${of}`): StudyTarget => ({ name, of })
const directions = (of: StudyTarget['of'], policy: TargetPolicy) =>
  Array.from(explainedOf(policy, context, named(of)).direction)

describe('what a study explains instead of the predicted class', () => {
  it('is the predicted class where nothing is said', () => {
    expect(explainedOf(predicted, context)).toMatchObject({ target: 1 })
    expect(Array.from(explainedOf(predicted, context).direction)).toEqual([0, 1, 0, 0, 0])
  })

  it.each<[StudyTarget['of'], number, number[]]>([
    ['3', 3, [0, 0, 0, 1, 0]],
    ['3-0', -1, [-1, 0, 0, 1, 0]],
    ['0+4', -1, [1, 0, 0, 0, 1]],
    ['predicted-label', -1, [0, 1, -1, 0, 0]],
    [Float32Array.of(0.5, 0, 2, 0, -1), -1, [0.5, 0, 2, 0, -1]],
  ])('is %s', (of, target, direction) => {
    expect(explainedOf(predicted, context, named(of)).target).toBe(target)
    expect(directions(of, predicted)).toEqual(direction)
    // A check that explains the label, or a certain class, still does.
    expect(explainedOf({ policy: 'label' }, context, named(of)).target).toBe(2)
    expect(explainedOf({ policy: 'class', index: 4 }, context, named(of)).target).toBe(4)
  })

  it('has another class, or the same sum of other classes, beside it', () => {
    const draws = Array.from({ length: 60 }, (_, draw) => draw)
    const classes = draws.map((draw) => explainedOf(other(draw), context, named('3')).target)
    expect(new Set(classes)).toEqual(new Set([0, 1, 2, 4]))
    const pairs = draws.map((draw) => directions('3-0', other(draw)))
    for (const pair of pairs) {
      expect([pair[0], pair[3]]).toEqual([0, 0])
      expect(pair.toSorted()).toEqual([-1, 0, 0, 0, 1].toSorted())
    }
    expect(new Set(pairs.map(String)).size).toBe(6)
    expect(directions('3-0', other(5))).toEqual(directions('3-0', other(5)))
  })

  it('has the same numbers in another order where too few outputs are left', () => {
    const all = Float32Array.of(1, 2, 3, 4, 5)
    const moved = directions(all, other(0))
    expect(moved).not.toEqual(Array.from(all))
    expect(moved.toSorted()).toEqual(Array.from(all))
    const two = { ...context, original: Float32Array.of(1, 2) }
    expect(Array.from(explainedOf(other(0), two, named('0-1')).direction)).toEqual([-1, 1])
    expect(() => explainedOf(other(0), two, named('0+1'))).toThrow(/2 outputs.* nothing else of this kind/)
  })
})

describe('a check that needs a class', () => {
  const condition = { id: 'a', target: predicted } as Condition
  const planned = (explains: Check['explains'], target: TargetPolicy = predicted) => [
    { check: { id: 'road', explains } as Check, conditions: [{ ...condition, target }] },
  ]

  it('is refused where something else is explained, and only there', () => {
    expect(() => assertExplainable(named('3-0'), planned(undefined), 5)).toThrow(
      /road: it looks at the score of one class, and 3-0 is none/,
    )
    expect(() => assertExplainable(named(new Float32Array(5), 'text.npy'), planned('classes'), 5)).toThrow(
      /text\.npy/,
    )
    for (const of of ['3', 'label'])
      expect(() => assertExplainable(named(of), planned(undefined), 5)).not.toThrow()
    expect(() => assertExplainable(named('3-0'), planned('directions'), 5)).not.toThrow()
    expect(() => assertExplainable(undefined, planned(undefined), 5)).not.toThrow()
  })

  it.each<TargetPolicy>([{ policy: 'argmax' }, { policy: 'rank', rank: 1 }])(
    'is refused where it ranks: %j',
    (policy) => {
      expect(() => assertExplainable(named('3-0'), planned('directions', policy), 5)).toThrow(/by its rank/)
    },
  )
})
