import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePreprocess } from '../src/index.ts'
import { openImages, readRegion } from '../src/node.ts'
import { npy } from './npy-fixtures.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'bands-'))))
afterAll(() => rm(folder, { recursive: true }))

async function written(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

const preprocess = (channels: number, more: object = {}) =>
  parsePreprocess({ input: { height: 2, width: 4, channels }, ...more })

/** Two images `[2, 7, 2, 4]` of measurements that are no shares. */
const planar = Float32Array.from({ length: 2 * 7 * 8 }, (_, at) => at * 10 - 100)
const interleaved = Float32Array.from(planar, (_, at) => {
  const [image, pixel, channel] = [Math.floor(at / 56), Math.floor(at / 7) % 8, at % 7]
  return planar[image * 56 + channel * 8 + pixel] as number
})

describe('images of many channels', () => {
  it.each([
    ['first', [2, 7, 2, 4], planar],
    ['last', [2, 2, 4, 7], interleaved],
  ] as const)('are read with their channels %s, floats as they are', async (name, shape, data) => {
    const set = await openImages(await written(`${name}.npy`, npy('<f4', shape, data)), { channels: 7 })
    const mean = [1, 2, 3, 4, 5, 6, 7]
    const { input, pixels } = await set.load(
      1,
      preprocess(7, { input: { height: 2, width: 4, channels: 7, range: [-100, 1020] }, mean, std: mean }),
    )
    expect(input.shape).toEqual([1, 7, 2, 4])
    const wanted = Array.from(planar.slice(56), (value, at) => {
      const own = mean[Math.floor(at / 8)] as number
      return (value - own) / own
    })
    for (const [at, value] of wanted.entries()) expect(input.data[at]).toBeCloseTo(value, 3)
    expect(pixels).toHaveLength(2 * 4 * 3)
  })

  it('are one image where the array has three axes, and bytes go from black to white', async () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, at) => at * 8)
    const set = await openImages(await written('one.npy', npy('|u1', [2, 4, 4], bytes)), { channels: 4 })
    expect(set.images).toHaveLength(1)
    const { input } = await set.load(
      0,
      preprocess(4, { input: { height: 2, width: 4, channels: 4, range: [-1, 1] } }),
    )
    expect(input.data[8]).toBeCloseTo((2 * 8) / 255 - 1, 6)
  })

  it('are scaled as pictures are', async () => {
    const constant = Float32Array.from({ length: 5 * 36 }, (_, at) => Math.floor(at / 36))
    const set = await openImages(await written('big.npy', npy('<f4', [5, 6, 6], constant)), { channels: 5 })
    const { input } = await set.load(0, preprocess(5))
    expect([...input.data]).toEqual(
      [0, 1, 2, 3, 4].flatMap((value) => Array.from({ length: 8 }, () => value)),
    )
  })

  it('are refused where they are pictures, or have other channels than the model', async () => {
    const picture = await sharp({ create: { width: 4, height: 2, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const path = await written('red.png', picture)
    await expect(openImages(path, { channels: 4 })).rejects.toThrow(
      /red, green and blue.*\.npy, \[n, h, w, 4\]/,
    )
    const file = await written('seven.npy', npy('<f4', [2, 7, 2, 4], planar))
    await expect(openImages(file, { channels: 10 })).rejects.toThrow(/takes 10 channels.*\[n, h, w, 10\]/)
    await expect((await openImages(path)).load(0, preprocess(3))).rejects.toThrow(/write "RGB"/)
  })
})

describe('a region', () => {
  it('is what is not black in a picture, and not 0 in an array', async () => {
    const pixels = Uint8Array.of(0, 0, 9, 255)
    const png = await sharp(pixels, { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toBuffer()
    const picture = await readRegion(await written('mask.png', png))
    const array = await readRegion(
      await written('mask.npy', npy('<f4', [2, 2], Float32Array.of(0, 0, 0.5, -1))),
    )
    expect(picture.shape).toEqual([2, 2])
    expect([...picture.data]).toEqual([0, 0, 1, 1])
    expect(array).toEqual(picture)
    const wrong = await written('wrong.npy', npy('<f4', [4], new Float32Array(4)))
    await expect(readRegion(wrong)).rejects.toThrow(/a mask is \[h, w\]/)
    await expect(readRegion(join(folder, 'none.png'))).rejects.toThrow(
      /none\.png cannot be read: there is no such file/,
    )
    const lost = await written('lost.npy', npy('<f4', [2, 2], Float32Array.of(0, 1, Number.NaN, 1)))
    await expect(readRegion(lost)).rejects.toThrow(/lost\.npy is no number at \[1, 0\]/)
  })
})
