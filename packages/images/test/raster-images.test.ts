import { describe, expect, it } from 'vitest'
import { parsePreprocess, rasterImages, type DecodedImage } from '../src/index.ts'

const preprocess = parsePreprocess(
  { input: { height: 1, width: 2, channels: 'RGB', range: [0, 1] } },
  'preprocess.json',
)
const image = (id: string, ...data: number[]): DecodedImage => ({
  id,
  raster: { height: 1, width: 2, data: Uint8Array.from(data), maximum: 255 },
})
const first = image('a.png', 255, 0, 51, 0, 255, 102)
const second = { ...image('b.png', 1, 2, 3, 4, 5, 6), label: 1 }

describe('images that are decoded already', () => {
  it('are what the network expects, with their bytes and their labels', async () => {
    const set = rasterImages('canvas', [first, second], ['cat', 'dog'])
    expect(set).toMatchObject({ name: 'canvas', classes: ['cat', 'dog'], skipped: [] })
    expect(set.images).toEqual([
      { id: 'a.png', maskCount: 0 },
      { id: 'b.png', label: 1, labels: [1], maskCount: 0 },
    ])
    const { input, pixels } = await set.load(0, preprocess)
    expect(input.shape).toEqual([1, 3, 1, 2])
    // Channel by channel: 255, 0; 0, 255; 51, 102.
    expect([...input.data]).toEqual([1, 0, 0, 1, 0.2, 0.4].map(Math.fround))
    expect([...pixels]).toEqual([...first.raster.data])
    await expect(set.load(2, preprocess)).rejects.toThrow('canvas: no image 2 of 2')
  })

  it('have the fingerprint of their ids, labels, sizes and pixels', async () => {
    const print = (images: readonly DecodedImage[], places = [0]) =>
      rasterImages('canvas', images).fingerprint(places)
    const whole = await print([first, second])
    expect(whole).toMatch(/^[0-9a-f]{64}$/)
    expect(await print([first])).toBe(whole)
    const turned = { ...first, raster: { ...first.raster, height: 2, width: 1 } }
    const changed = [
      { ...first, id: 'c' },
      { ...first, label: 0 },
      image('a.png', 255, 0, 51, 0, 255, 103),
      turned,
    ]
    for (const one of changed) expect(await print([one])).not.toBe(whole)
    expect(await print([first, second], [0, 1])).not.toBe(whole)
  })

  it('are refused where ids are the same or transparency is left in', () => {
    expect(() => rasterImages('canvas', [first, first])).toThrow(/^canvas: two images are called 'a\.png'/)
    const rgba = image('c', 1, 2, 3, 255, 4, 5, 6, 255)
    expect(() => rasterImages('canvas', [rgba])).toThrow(
      "canvas: 'c' has 8 values, but 1×2 pixels of RGB are 6: leave transparency out.",
    )
  })
})
