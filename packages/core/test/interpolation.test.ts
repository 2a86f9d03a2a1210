import { expect, test } from 'vitest'
import { resizeMatrix } from '../src/backward/interpolation.ts'

test('one new position: pytorch_half_pixel reads the first old one, half_pixel the middle (ONNX Resize-19)', () => {
  expect(resizeMatrix(4, 1, 'linear', 'pytorch_half_pixel').data).toEqual([1, 0, 0, 0])
  expect(resizeMatrix(4, 1, 'linear', 'half_pixel').data).toEqual([0, 0.5, 0.5, 0])
  expect(resizeMatrix(4, 2, 'linear', 'pytorch_half_pixel').data).toEqual([0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5])
})
