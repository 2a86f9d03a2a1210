import { createGraph } from '@saliency/core'
import { expect, it } from 'vitest'
import { absorbedScales } from '../../../../core/src/passes/absorbed-scales.ts'
import { expectSame } from './same.ts'

const shape = ['n', 3, 5, 5] as const

it('a scale for each channel moves into the kernel, and the way back stays what it was', async () => {
  const { ops } = createGraph()
  const [signal, kernel] = [ops.input('signal', shape), ops.parameter('w', [3, 2, 3, 3])]
  const scaled = ops.mul(ops.reshape(ops.parameter('scale', [3]), [3, 1, 1]), signal)
  const absorbed = absorbedScales.rewrite(ops, { signal: scaled, kernel })
  expect(absorbed.signal).toBe(signal)
  await expectSame(
    ops.convTranspose(absorbed.signal, absorbed.kernel),
    ops.convTranspose(scaled, kernel),
    { signal: shape },
    { w: [3, 2, 3, 3], scale: [3] },
  )
})

it('neither a scale that the image changes nor one for each row', () => {
  const { ops } = createGraph()
  const [signal, kernel] = [ops.input('signal', shape), ops.parameter('w', [3, 2, 3, 3])]
  const byImage = ops.mul(signal, ops.reduceMean(signal, { axes: [2, 3] }))
  const byRow = ops.mul(signal, ops.parameter('rows', [5, 1]))
  for (const product of [byImage, byRow]) {
    expect(absorbedScales.rewrite(ops, { signal: product, kernel })).toEqual({ signal: product, kernel })
  }
})
