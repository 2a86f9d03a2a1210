import { expect, test } from 'vitest'
import { decodeValues, type SourceType } from '../src/weights/decode-values.ts'

const bytesOf = (values: { readonly buffer: ArrayBufferLike }) => new Uint8Array(values.buffer)

test.each<[SourceType, Uint8Array, number[]]>([
  [
    'bfloat16',
    bytesOf(Uint16Array.of(0x3f80, 0xc020, 0x7f80, 0xff80, 0x0001, 0x8000)),
    [1, -2.5, Infinity, -Infinity, 2 ** -133, -0],
  ],
  ['float16', bytesOf(Uint16Array.of(0x3c00, 0xc100, 0x7c00, 0x0001)), [1, -2.5, Infinity, 2 ** -24]],
  ['float64', bytesOf(Float64Array.of(0.5, -3)), [0.5, -3]],
  ['int64', bytesOf(BigInt64Array.of(-7n, 1n << 40n)), [-7, 2 ** 40]],
  ['uint32', bytesOf(Uint32Array.of(2 ** 31)), [2 ** 31]],
  ['int8', bytesOf(Int8Array.of(-1, 5)), [-1, 5]],
])('%s', (type, bytes, values) => {
  expect([...decodeValues(bytes, type)]).toEqual(values)
})
