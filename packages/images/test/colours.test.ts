import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../src/node.ts'

/** A TIFF of 4×2 equal pixels with three bytes each, stored as they are (TIFF 6.0, section 2). */
function tiff(photometric: number, isLittle: boolean, pixel: readonly number[] = [100, 50, 200]): Uint8Array {
  const [bits, data] = [146, 152]
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, 3, 1, 4],
    [257, 3, 1, 2],
    [258, 3, 3, bits],
    [259, 3, 1, 1],
    [262, 3, 1, photometric],
    [273, 4, 1, data],
    [277, 3, 1, 3],
    [278, 3, 1, 2],
    [279, 4, 1, 24],
    [284, 3, 1, 1],
    [530, 3, 2, 1],
  ]
  const view = new DataView(new ArrayBuffer(data + 24))
  const short = (at: number, value: number) => view.setUint16(at, value, isLittle)
  const long = (at: number, value: number) => view.setUint32(at, value, isLittle)
  for (const at of [0, 1]) view.setUint8(at, isLittle ? 0x49 : 0x4d)
  short(2, 42)
  long(4, 8)
  short(8, entries.length)
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + index * 12
    short(at, tag)
    short(at + 2, type)
    long(at + 4, count)
    if (type === 3 && count < 3) {
      short(at + 8, value)
      if (count === 2) short(at + 10, value)
    } else long(at + 8, value)
  }
  for (const channel of [0, 1, 2]) short(bits + 2 * channel, 8)
  for (let at = 0; at < 24; at++) view.setUint8(data + at, pixel[at % 3] as number)
  return new Uint8Array(view.buffer)
}

describe('a TIFF that is stored as it is', () => {
  it.each([true, false])('is refused where it holds YCbCr (little endian: %s)', async (isLittle) => {
    await expect(decodeImage(tiff(6, isLittle), 'x.tif')).rejects.toThrow(/x\.tif is a TIFF of YCbCr.*PNG/)
  })

  it('is read where it holds RGB', async () => {
    const { data } = await decodeImage(tiff(2, true), 'x.tif')
    expect([...data.subarray(0, 3)]).toEqual([100, 50, 200])
  })

  it('is read where JPEG has compressed YCbCr', async () => {
    const picture = sharp({
      create: { width: 16, height: 16, channels: 3, background: { r: 200, g: 75, b: 0 } },
    })
    const { data } = await decodeImage(
      await picture.tiff({ compression: 'jpeg', quality: 100 }).toBuffer(),
      'x.tif',
    )
    for (const [at, value] of [200, 75, 0].entries())
      expect(Math.abs((data[at] as number) - value)).toBeLessThan(4)
  })
})

it('keeps the 16 bits of a grey PNG', async () => {
  const values = Uint16Array.of(0, 1, 255, 256, 12_345, 65_535)
  const png = await sharp(values, { raw: { width: 3, height: 2, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer()
  const { data, maximum } = await decodeImage(png, 'grey.png')
  expect(maximum).toBe(65_535)
  expect([...data]).toEqual([...values].flatMap((value) => [value, value, value]))
})
