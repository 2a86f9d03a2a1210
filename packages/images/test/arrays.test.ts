import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePreprocess } from '../src/index.ts'
import { openImages } from '../src/node.ts'
import { npy } from './npy-fixtures.ts'

const preprocess = parsePreprocess({
  input: { height: 2, width: 4 },
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
})
let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'zoo-'))))
afterAll(() => rm(folder, { recursive: true }))

async function open(name: string, bytes: Uint8Array, floats: 'pixels' | 'preprocessed' = 'pixels') {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return openImages(path, { floats })
}

describe('arrays of images', () => {
  const planar = Float32Array.from({ length: 48 }, (_, index) => index / 48)
  const interleaved = Float32Array.from({ length: 48 }, (_, index) => {
    const [image, pixel, channel] = [Math.floor(index / 24), Math.floor(index / 3) % 8, index % 3]
    return planar[image * 24 + channel * 8 + pixel]!
  })

  it('reads channels first and channels last alike', async () => {
    const first = await (await open('a.npy', npy('<f4', [2, 3, 2, 4], planar.slice()))).load(1, preprocess)
    const second = await open('b.npy', npy('<f4', [2, 2, 4, 3], interleaved))
    expect((await second.load(1, preprocess)).input.shape).toEqual([1, 3, 2, 4])
    expect(first.input.data[7]).toBeCloseTo((planar[24 + 7]! - 0.5) / 0.5, 6)
    expect((await second.load(1, preprocess)).input.data[7]).toBeCloseTo((planar[24 + 7]! - 0.5) / 0.5, 6)
  })

  it('reads bytes, 16-bit and doubles, grey too', async () => {
    const bytes = await open('c.npy', npy('|u1', [1, 2, 4], Uint8Array.of(0, 51, 102, 153, 204, 255, 0, 0)))
    expect((await bytes.load(0, preprocess)).input.data[5]).toBeCloseTo(1, 6)
    const wide = await open('d.npy', npy('<u2', [1, 2, 4, 1], Uint16Array.of(0, 65_535, 0, 0, 0, 0, 0, 0)))
    expect((await wide.load(0, preprocess)).input.data[1]).toBeCloseTo(1, 6)
    const doubles = await open('e.npy', npy('<f8', [1, 1, 2, 4], Float64Array.of(0, 0.25, 0, 0, 0, 1, 0, 0)))
    expect((await doubles.load(0, preprocess)).input.data[1]).toBeCloseTo(-0.5, 6)
  })

  it('takes labels and masks from an archive', async () => {
    const archive = zipSync({
      'images.npy': npy('|u1', [2, 2, 4, 3], new Uint8Array(48).fill(255)),
      'labels.npy': npy('<i8', [2], BigInt64Array.of(4n, 1n)),
      'masks.npy': npy('|b1', [2, 2, 4], Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1)),
    })
    const set = await open('f.npz', archive)
    expect(set.images.map((record) => record.label)).toEqual([4, 1])
    const { masks } = await set.load(1, preprocess)
    expect(masks).toEqual([{ label: 1, data: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1) }])
  })

  it('passes preprocessed floats through and undoes the preprocessing for display', async () => {
    const values = Float32Array.from({ length: 24 }, (_, index) => (index - 12) / 12)
    const set = await open('g.npy', npy('<f4', [1, 3, 2, 4], values.slice()), 'preprocessed')
    const { input, pixels } = await set.load(0, preprocess)
    expect([...input.data]).toEqual([...values])
    expect(pixels[0]).toBe(0)
    expect(pixels[5 * 3 + 1]).toBe(Math.round(127.5 * (1 + values[8 + 5]!)))
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['foreign.npy', Buffer.from('not an array at all'), /is not a NumPy array/],
    ['cut.npy', npy('|u1', [1, 2, 3], new Uint8Array(5)), /declares \[1, 2, 3\] \(6 bytes\) but holds 5/],
    ['huge.npy', npy('<f4', [1_000_000, 3, 9999, 9999], new Float32Array(2)), /declares/],
    ['text.npy', npy('<U4', [1, 2, 3], new Uint8Array(96)), /elements of type U4/],
    ['big.npy', npy('>f4', [1, 2, 3], new Float32Array(6)), /big-endian/],
    ['fortran.npy', npy('<f4', [1, 2, 3], new Float32Array(6), 'True'), /Fortran order/],
    ['five.npy', npy('|u1', [1, 1, 2, 3, 1], new Uint8Array(6)), /has the shape \[1, 1, 2, 3, 1\]/],
    ['raw.npy', npy('<f4', [1, 2, 3], Float32Array.of(0, 1, 2, 3, 4, 5)), /outside \[0, 1\]/],
    ['broken.npz', Buffer.from('PK but not really an archive'), /is not an \.npz archive/],
    ['other.npz', zipSync({ 'weights.npy': npy('|u1', [1], new Uint8Array(1)) }), /no array "images"/],
    [
      'labels.npz',
      zipSync({
        'x.npy': npy('|u1', [2, 2, 2], new Uint8Array(8)),
        'y.npy': npy('|u1', [3], new Uint8Array(3)),
      }),
      /labels have the shape \[3\], but the images need \[2\]/,
    ],
  ])('refuses %s', async (name, bytes, message) => {
    await expect(open(name, bytes)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(message),
    })
  })

  it('refuses labels that are no classes', async () => {
    const archive = (labels: ArrayBufferView, descr: string) =>
      zipSync({ 'x.npy': npy('|u1', [1, 1, 1], new Uint8Array(1)), 'y.npy': npy(descr, [1], labels) })
    const path = join(folder, 'labelled.npz')
    await writeFile(path, archive(BigInt64Array.of(2n), '<i8'))
    await expect(openImages(path, { classes: ['a', 'b'] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('the label 2 is not one of the 2 classes, 0 to 1'),
    })
    await writeFile(path, archive(Float32Array.of(0.5), '<f4'))
    await expect(openImages(path)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('refuses preprocessed floats of another size', async () => {
    const set = await open('h.npy', npy('<f4', [1, 3, 3, 3], new Float32Array(27)), 'preprocessed')
    await expect(set.load(0, preprocess)).rejects.toMatchObject({ code: 'INVALID_IMAGE' })
  })
})
