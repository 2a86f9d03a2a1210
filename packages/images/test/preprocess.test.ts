import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fitRaster, normaliseRaster, parsePreprocess, type Preprocess, type Raster } from '../src/index.ts'
import { readPreprocess } from '../src/node.ts'

const base = { input: { height: 2, width: 2 }, mean: [0.1, 0.2, 0.3], std: [1, 2, 4] }
let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'images-'))))
afterAll(() => rm(folder, { recursive: true }))

describe('parsePreprocess', () => {
  it('fills in the usual values', () => {
    expect(parsePreprocess({ input: { height: 8, width: 8 } })).toEqual({
      input: { height: 8, width: 8, channels: 'RGB', range: [0, 1] },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    })
  })

  it.each<[object, RegExp]>([
    [{ ...base, input: { height: 0, width: 2 } }, /input\.height/],
    [{ ...base, input: { height: 2, width: 2, channels: 'GBR' } }, /input\.channels/],
    [{ ...base, mean: [0.5] }, /mean has 1 value, but RGB has 3 channels/],
    [{ ...base, std: [1, 0, 1] }, /std must be positive/],
    [{ ...base, input: { height: 2, width: 2, range: [1, 1] } }, /range must not be empty/],
    [{ ...base, resize: { shorterSide: 1 } }, /shorterSide 1 is smaller/],
    [{ mean: [1, 1, 1] }, /input/],
  ])('refuses %o', (wrong, message) => {
    expect(() => parsePreprocess(wrong, 'here.json')).toThrowError(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) }),
    )
    expect(() => parsePreprocess(wrong, 'here.json')).toThrowError(/here\.json/)
  })

  it('names a file that is missing or not JSON', async () => {
    await expect(readPreprocess(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'FILE' })
    await writeFile(join(folder, 'bad.json'), '{"input": ')
    await expect(readPreprocess(join(folder, 'bad.json'))).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining('bad.json is not JSON'),
    })
  })
})

/** A 2×2 image whose pixel values are 0, 1, 2, … times 20. */
const raster: Raster = {
  height: 2,
  width: 2,
  maximum: 255,
  data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
}

describe('normaliseRaster', () => {
  it('applies the range, then mean and standard deviation, channel by channel', () => {
    const { data, shape } = normaliseRaster(raster, parsePreprocess(base))
    expect(shape).toEqual([1, 3, 2, 2])
    expect(data[1]).toBeCloseTo(60 / 255 - 0.1, 6)
    expect(data[4]).toBeCloseTo((20 / 255 - 0.2) / 2, 6)
    expect(data[11]).toBeCloseTo((220 / 255 - 0.3) / 4, 6)
  })

  it('puts blue first for BGR, whose mean and standard deviation follow the same order', () => {
    const bgr = parsePreprocess({ ...base, input: { height: 2, width: 2, channels: 'BGR', range: [0, 255] } })
    const { data } = normaliseRaster(raster, bgr)
    expect(data[0]).toBeCloseTo(40 - 0.1, 5)
    expect(data[8]).toBeCloseTo((0 - 0.3) / 4, 5)
  })

  it('weighs the colours for grey, and maps 16-bit white and black to the ends of the range', () => {
    const grey = parsePreprocess({ input: { height: 1, width: 2, channels: 'grey', range: [-1, 1] } })
    const wide: Raster = {
      height: 1,
      width: 2,
      maximum: 65_535,
      data: Uint16Array.of(0, 0, 0, 65_535, 65_535, 65_535),
    }
    expect([...normaliseRaster(wide, grey).data]).toEqual([-1, expect.closeTo(1, 6)])
  })
})

describe('fitRaster', () => {
  const size = (height: number, width: number, rest: Partial<Preprocess> = {}) =>
    ({ ...parsePreprocess({ input: { height, width } }), ...rest }) as Preprocess
  /** A 6×10 image: red is the column, green the row. */
  const wide: Raster = {
    height: 6,
    width: 10,
    maximum: 255,
    data: Uint8Array.from(
      { length: 180 },
      (_, i) => [Math.floor(i / 3) % 10, Math.floor(i / 30), 9][i % 3]! * 20,
    ),
  }
  const columns = ({ data, width }: Raster) => Array.from({ length: width }, (_, x) => data[x * 3]! / 20)

  it('returns an image of the right size untouched', async () => {
    expect(fitRaster(wide, size(6, 10))).toBe(wide)
    expect(fitRaster(wide, size(6, 10, { resize: { shorterSide: 12 } }))).toBe(wide)
  })

  it('covers the input and cuts out the centre', async () => {
    expect(columns(fitRaster(wide, size(6, 6)))).toEqual([2, 3, 4, 5, 6, 7])
    const doubled = fitRaster(wide, size(12, 12, { interpolation: 'nearest' }))
    expect(columns(doubled)).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7])
  })

  it('cuts out the centre where torchvision does: half a pixel goes to the even side', async () => {
    const cut = async (width: number, cropped: number) => {
      const data = Uint8Array.from({ length: width * 3 }, (_, i) => Math.floor(i / 3))
      const row: Raster = { height: 1, width, maximum: 255, data }
      return fitRaster(row, size(1, cropped, { resize: { shorterSide: 1 } })).data[0]
    }
    // int(round((width - cropped) / 2.0)): 0.5 → 0, 1.5 → 2, 2.5 → 2, 3.5 → 4.
    expect(await Promise.all([5, 7, 9, 11].map((width) => cut(width, 4)))).toEqual([0, 2, 2, 4])
    expect(await Promise.all([4, 6, 8, 10].map((width) => cut(width, 4)))).toEqual([0, 1, 2, 3])
    const columnOf = (i: number) => Math.floor(i / 3) % 640
    const data = Uint8Array.from({ length: 480 * 640 * 3 }, (_, i) => (columnOf(i) * 37) % 256)
    const photograph: Raster = { height: 480, width: 640, maximum: 255, data }
    const whole = fitRaster(photograph, size(256, 341, { resize: { shorterSide: 256 } }))
    const centre = fitRaster(photograph, size(224, 224, { resize: { shorterSide: 256 } }))
    // Scaled to 341×256, the centre starts at row 16, column 58.
    const start = (16 * 341 + 58) * 3
    expect(centre.data.subarray(0, 224 * 3)).toEqual(whole.data.subarray(start, start + 224 * 3))
  })

  it('stretches, and scales the shorter side as torchvision does', async () => {
    expect(
      columns(fitRaster(wide, size(3, 5, { resize: 'stretch', interpolation: 'nearest' }))),
    ).toHaveLength(5)
    const shorter = fitRaster(wide, size(6, 6, { resize: { shorterSide: 12 }, interpolation: 'nearest' }))
    expect(shorter).toMatchObject({ height: 6, width: 6 })
    // 12 × 20 after scaling; the centre starts at row 3, column 7.
    expect(columns(shorter)).toEqual([3, 4, 4, 5, 5, 6])
  })

  it('keeps 16 bits and floats when it scales', async () => {
    const data = new Uint16Array(4 * 4 * 3).fill(30_001)
    const scaled = fitRaster({ height: 4, width: 4, maximum: 65_535, data }, size(2, 2))
    expect([...scaled.data]).toEqual(Array.from({ length: 12 }, () => 30_001))
    const floats: Raster = { height: 4, width: 4, maximum: 1, data: new Float32Array(48).fill(0.3) }
    const [one] = fitRaster(floats, size(2, 2)).data
    expect(one).toBeCloseTo(0.3, 6)
  })
})
