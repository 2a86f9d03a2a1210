import { tensor } from '@saliency/core'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { contactSheet, displayFactor, displayPlane, overlayPng, picturePng } from '../src/index.ts'
import { picture } from './study.ts'

async function pixelsOf(
  png: Buffer,
): Promise<{ size: number[]; at: (row: number, column: number) => number[] }> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { height, width } = info
  return {
    size: [height, width],
    at: (row, column) => [...data.subarray((row * width + column) * 3).subarray(0, 3)],
  }
}

describe('a plane to look at', () => {
  it('is the signed sum over channels by its largest magnitude', () => {
    // (1 + 1, −3 − 1, 3 + 1): the first pixel is half of the others, of which one is negative.
    const plane = displayPlane(tensor(Float32Array.of(1, -3, 3, 1, -1, 1), [1, 2, 1, 3]))
    expect([...plane.data]).toEqual([0.5, -1, 1])
    expect(plane).toMatchObject({ height: 1, width: 3, signed: true, scale: 4 })
  })

  it('saturates outliers: one pixel of a thousand does not darken the rest', () => {
    const values = new Float32Array(1000).fill(2)
    values[7] = 1e6
    const plane = displayPlane(tensor(values, [1, 1, 10, 100]))
    expect(plane).toMatchObject({ scale: 2, signed: false })
    expect([...new Set(plane.data)]).toEqual([1])
  })

  it('shows zero where a value is no finite number, and where all are zero', () => {
    expect([...displayPlane(tensor(Float32Array.of(NaN, 2, 1, 2), [1, 1, 1, 4])).data]).toEqual([
      0, 1, 0.5, 1,
    ])
    expect([...displayPlane(tensor(new Float32Array(2), [1, 1, 1, 2])).data]).toEqual([0, 0])
  })
})

describe('a map over its picture', () => {
  it('is white at zero, red above and blue below without one', async () => {
    const plane = displayPlane(tensor(Float32Array.of(0, 1, -1, 0), [1, 1, 2, 2]))
    const { size, at } = await pixelsOf(await overlayPng(plane, undefined, 1))
    expect(size).toEqual([2, 2])
    // Ends and middle of ColorBrewer's RdBu as d3 interpolates it; with 256 steps, zero is half a step beside the middle.
    expect(at(0, 1)).toEqual([103, 0, 31])
    expect(at(1, 0)).toEqual([5, 48, 97])
    expect(at(0, 0).every((value) => value > 235)).toBe(true)
  })

  it('lies over a grey picture, enlarged by a whole factor', async () => {
    const plane = displayPlane(tensor(Float32Array.of(0, 0, 0, 1), [1, 1, 2, 2]))
    const { size, at } = await pixelsOf(await overlayPng(plane, picture, displayFactor(picture)))
    expect(size).toEqual([224, 224])
    // A quarter of viridis' darkest colour, (68, 1, 84), and three quarters of black and of white.
    expect(at(0, 0)).toEqual([17, 0, 21])
    expect(at(0, 223)).toEqual([208, 191, 212])
  })

  it('the picture itself is enlarged without a blur', async () => {
    const { at } = await pixelsOf(await picturePng(picture, 3))
    expect([at(0, 0), at(2, 3), at(3, 2), at(5, 5)]).toEqual([
      [0, 0, 0],
      [255, 255, 255],
      [255, 0, 0],
      [0, 255, 0],
    ])
  })
})

it('a sheet holds six maps a line, and writes any label', async () => {
  const png = await picturePng(picture, 8)
  const cells = Array.from({ length: 7 }, () => ({ label: 'a <b> & "c"\u0007', png }))
  const { width, height } = await sharp(await contactSheet('Title', [{ title: 'family', cells }])).metadata()
  // 12 + 6 · (192 + 12), and 44 + 34 + 2 · (192 + 22) + 12.
  expect([width, height]).toEqual([1236, 518])
})

it.each([
  [1, 3],
  [4, 4],
  [9, 6],
])('a sheet of %d maps is %d maps wide', async (count, columns) => {
  const png = await picturePng(picture, 8)
  const rows = [
    { title: 'family', cells: Array.from({ length: count }, () => ({ label: 'a', png })) },
    { title: 'another', cells: [{ label: 'b', png }] },
  ]
  expect((await sharp(await contactSheet('Title', rows)).metadata()).width).toBe(12 + columns * 204)
})
