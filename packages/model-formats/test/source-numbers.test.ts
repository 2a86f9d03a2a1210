import { float16ToNumber, numberToFloat16 } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { describe, expect, it } from 'vitest'
import { verifyModel } from '../src/index.ts'
import { loadModel, openSource } from '../src/node.ts'
import { casePath, hasCases } from './reference.ts'

describe('half precision', () => {
  it('is written as it is read, for every finite number', () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      expect(numberToFloat16(float16ToNumber(bits))).toBe(bits)
      expect(numberToFloat16(-float16ToNumber(bits))).toBe(bits | 0x8000)
    }
  })

  it('rounds to nearest, ties to even, and overflows', () => {
    // IEEE 754: 1 + 2^-11 lies between 1 (even) and 1 + 2^-10; 1 + 3·2^-11 between 1 + 2^-10 and 1 + 2^-9 (even).
    expect(numberToFloat16(1 + 2 ** -11)).toBe(0x3c00)
    expect(numberToFloat16(1 + 3 * 2 ** -11)).toBe(0x3c02)
    expect([65504, 65519, 65520, Infinity].map(numberToFloat16)).toEqual([0x7bff, 0x7bff, 0x7c00, 0x7c00])
    expect(float16ToNumber(numberToFloat16(Number.NaN))).toBeNaN()
    // Smallest subnormal number, and half of it (a tie to 0).
    expect([2 ** -24, 2 ** -25].map(numberToFloat16)).toEqual([1, 0])
  })
})

describe.skipIf(!hasCases)('a file whose images are not float32', () => {
  it.each([
    ['bugs', 'inspect-verify-half-and-byte-input', 'half', 'model.onnx'],
    ['bugs', 'inspect-verify-half-and-byte-input', 'byte', 'model.onnx'],
    ['models', 'verify-input-types', 'fp16-input.onnx'],
    ['models', 'verify-input-types', 'uint8-input.onnx'],
  ])('is compared on images of its own type: %s %s %s', async (...path) => {
    const file = casePath(...path)
    const imported = await loadModel(file)
    const source = await openSource(file, imported)
    const found = await verifyModel(imported, source, await openOnnxRuntime())
    await source.dispose()
    expect(found.passed).toBe(true)
    expect(found.magnitude).toBeGreaterThan(0)
  })
})
