import { describe, expect, it } from 'vitest'
import { encodeNpy, float16ToNumber, parseNpy, readNpy, SaliencyError, tensor } from '@saliency/core'

const first = tensor(Float32Array.of(1, -2.5, 3, 4, 5, 6), [1, 2, 3])
const second = tensor(Float32Array.of(7), [1])

/** A `.npy` file written by hand after NumPy's description of the format. */
function file(descr: string, shape: string, data: ArrayBuffer): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`
  const text = Buffer.from(header, 'latin1')
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, text.length, 0]),
    text,
    Buffer.from(data),
  ])
}

describe('arrays of NumPy', () => {
  it('are written as the format says: data from a multiple of 64 bytes', () => {
    const bytes = Buffer.from(encodeNpy(first))
    const length = bytes.readUInt16LE(8)
    expect((10 + length) % 64).toBe(0)
    expect(bytes.toString('latin1', 10, 10 + length)).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(1, 2, 3\), \} *\n$/,
    )
    expect(bytes.readFloatLE(10 + length + 4)).toBe(-2.5)
  })

  it('follow one another in a file', () => {
    const both = Buffer.concat([encodeNpy(first), encodeNpy(second)])
    const { array, end } = readNpy(both, 'two.npy')
    expect(array).toEqual({ shape: [1, 2, 3], type: 'f4', data: first.data })
    expect(readNpy(both, 'two.npy', end).array.data).toEqual(second.data)
    expect(() => parseNpy(both, 'two.npy')).toThrow(/two\.npy: declares \[1, 2, 3\] but holds \d+ more bytes/)
  })

  it.each([
    ['|u1', Uint8Array.of(0, 255), [0, 255]],
    ['|i1', Int8Array.of(-1, 5), [-1, 5]],
    ['<i2', Int16Array.of(-300, 5), [-300, 5]],
    ['<u4', Uint32Array.of(4_000_000_000, 1), [4_000_000_000, 1]],
    ['<i8', BigInt64Array.of(-5n, 2n ** 40n), [-5, 2 ** 40]],
    ['<f2', Uint16Array.of(0x3c00, 0xc100), [1, -2.5]],
    ['<f8', Float64Array.of(0.1, -1e300), [0.1, -1e300]],
  ])('of type %s are read', (descr, data, wanted) => {
    expect([...parseNpy(file(descr, '(2,)', data.buffer), 'a.npy').data]).toEqual(wanted)
  })

  it.each([
    ['(-1, -2)', 'whose sizes are not whole numbers'],
    ['(1.5,)', 'whose sizes are not whole numbers'],
    ['(1000000000000,)', 'holds 8 bytes'],
  ])('of shape %s are refused', (shape, message) => {
    const bytes = file('<f4', shape, new ArrayBuffer(8))
    expect(() => parseNpy(bytes, 'a.npy')).toThrow(message)
    expect(() => parseNpy(bytes, 'a.npy')).toThrow(SaliencyError)
  })

  it('are refused where they are cut off', () => {
    expect(() => readNpy(encodeNpy(first).subarray(0, 140), 'a.npy')).toThrow(
      /declares \[1, 2, 3\] \(24 bytes\)/,
    )
    expect(() => readNpy(encodeNpy(first).subarray(0, 8), 'a.npy')).toThrow('is not a NumPy array')
  })
})

describe('half precision', () => {
  it.each([
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0xfc00, -Infinity],
  ])('%i is %d', (bits, value) => {
    expect(float16ToNumber(bits)).toBe(value)
  })
})
