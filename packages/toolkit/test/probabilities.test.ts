import { describe, expect, it } from 'vitest'
import { areProbabilities } from '../src/self-check.ts'

describe('outputs that a softmax has made', () => {
  it.each([
    ['probabilities', [0.2, 0.3, 0.5, 1, 0, 0], 3, true],
    ['their logarithms', [0.25, 0.75].map(Math.log), 2, true],
    ['logits', [0.2, 0.3, 0.6, 1, 0, 0], 3, false],
    ['logits that happen to sum to 1', [2, -1.5, 0.5], 3, false],
    ['one probability', [1], 1, false],
    ['percentages', [20, 30, 50], 3, false],
  ])('%s', (_, outputs, classes, wanted) => {
    expect(areProbabilities(Float32Array.from(outputs), classes)).toBe(wanted)
  })
})
