import type { CheckImage, ImageGroup } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { applyInput } from '../src/inputs.ts'

const image = (id: string, values: readonly number[]): CheckImage => ({
  id,
  input: Float32Array.from(values),
})
/** Four images of 1×2×2, each filled with its own number. */
const group: ImageGroup = {
  index: 0,
  shape: [1, 2, 2],
  images: [1, 2, 3, 4].map((value) => image(`i${value}`, [value, value, value, value])),
}

describe('inputs of conditions', () => {
  it('tile other images of the group around the one that is asked about', () => {
    expect([...applyInput(group, 1, { kind: 'grid', size: 2, cell: 3 }, 1)]).toEqual([3, 4, 1, 2])
  })

  it('are noisy in proportion to their range, keyed by image and draw', () => {
    const ramp: ImageGroup = {
      ...group,
      shape: [1, 1, 2000],
      images: [
        image(
          'ramp',
          Array.from({ length: 2000 }, (_, i) => i % 11),
        ),
      ],
    }
    const noisy = (draw: number) =>
      applyInput(ramp, 0, { kind: 'noise', level: 0.2, draw }, 1).map((value, i) => value - (i % 11))
    const deviation = Math.sqrt(noisy(0).reduce((sum, value) => sum + value * value, 0) / 2000)
    expect(deviation).toBeGreaterThan(1.9)
    expect(deviation).toBeLessThan(2.1)
    expect(noisy(0)).toEqual(noisy(0))
    expect(noisy(0)).not.toEqual(noisy(1))
  })

  it('are moved to both sides by uniform noise, up to its radius', () => {
    const flat = { ...group, shape: [1, 1, 2000], images: [image('flat', Array(2000).fill(1))] } as ImageGroup
    const moved = applyInput(flat, 0, { kind: 'uniform', radius: 0.5, draw: 0 }, 1)
    expect(Math.min(...moved)).toBeGreaterThanOrEqual(0.5)
    expect(Math.min(...moved)).toBeLessThan(0.51)
    expect(Math.max(...moved)).toBeLessThanOrEqual(1.5)
    expect(Math.max(...moved)).toBeGreaterThan(1.49)
  })
})
