import { expect, test } from 'vitest'
import { pixelRangeOf } from '../src/preprocess.ts'

const input = { height: 32, width: 32, channels: 'RGB', range: [0, 1] } as const

test('black and white go through mean and standard deviation, channel by channel', () => {
  const preprocess = { input, mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2] }
  expect(pixelRangeOf(preprocess, 3)).toEqual({ low: [-1, -1, 0], high: [1, 3, 0.5] })
})

test('one value counts for every channel', () => {
  const preprocess = { input: { ...input, range: [0, 255] as const }, mean: [127.5], std: [127.5] }
  expect(pixelRangeOf(preprocess, 3)).toEqual({ low: [-1, -1, -1], high: [1, 1, 1] })
})
