import { createGraph, tensor } from '@saliency/core'
import { expect, it } from 'vitest'
import { runOnce } from '../../src/index.ts'

// ONNX Runtime divides by a rounded factor: pixel 16 of 14 → 32 would take 6.
it.each([
  [14, 32],
  [7, 16],
  [14, 224],
  [13, 224],
  [16, 7],
  [6, 2],
  [3, 9],
  [5, 5],
])('nearest resizing from %i to %i takes pixel ⌊i · in / out⌋', async (from, to) => {
  const { ops } = createGraph()
  const x = ops.input('x', ['n', 1, 1, from])
  const resized = ops.resize(x, [1, to], { mode: 'nearest', coordinates: 'asymmetric' })
  const places = tensor(
    Float32Array.from({ length: from }, (_, index) => index),
    [1, 1, 1, from],
  )
  const { taken } = await runOnce({ taken: resized }, new Map(), { x: places })
  const wanted = Array.from({ length: to }, (_, index) => Number((BigInt(index) * BigInt(from)) / BigInt(to)))
  expect([...(taken?.data ?? [])]).toEqual(wanted)
})
