import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeNpy, tensor } from '@saliency/core'
import { loadModel } from '@saliency/model-formats/node'
import { caseArray, casePath, hasCases } from '@saliency/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeImage, openImages, readPreprocess } from '../src/node.ts'
import { npy } from './npy-fixtures.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'pixels-'))))
afterAll(() => rm(folder, { recursive: true }))

describe.skipIf(!hasCases)('pixels of the cases', () => {
  it.each([
    ['p3.png', 'p3-pillow.npy'],
    ['cmyk.jpg', 'cmyk-pillow.npy'],
    ['float.tiff', 'float-pillow.npy'],
  ])('%s are those of Pillow', async (file, right) => {
    const bug = ['bugs', 'colour-profiles-and-float-tiff']
    const preprocess = await readPreprocess(casePath(...bug, 'preprocess.json'))
    const { input } = await (await openImages(casePath(...bug, file))).load(0, preprocess)
    expect([...input.data]).toEqual(
      [...caseArray(...bug, right).data].map((value) => expect.closeTo(value, 5)),
    )
  })

  it('one array [h, w, 3] is one image', async () => {
    const { images } = await openImages(casePath('bugs', 'one-image-array-read-as-many', 'one.npy'))
    expect(images).toHaveLength(1)
  })
})

describe('arrays of one picture', () => {
  const open = async (shape: number[], data = new Float32Array(shape.reduce((a, b) => a * b, 1))) => {
    const path = join(folder, `${shape.join('-')}.npy`)
    await writeFile(path, encodeNpy(tensor(data, shape)))
    return openImages(path)
  }

  it('are one image, or are refused', async () => {
    for (const shape of [
      [5, 6, 3],
      [5, 6],
      [5, 6, 1],
      [1, 5, 6],
    ]) {
      expect((await open(shape)).images).toHaveLength(1)
    }
    expect((await open([2, 5, 6])).images).toHaveLength(2)
    await expect(open([3, 5, 6])).rejects.toThrow(
      /one RGB image \[3, h, w\] or three grey ones\? .*\[1, 3, 5, 6\]/,
    )
    await expect(open([5, 6, 4])).rejects.toThrow(/transparency/)
    const empty = join(folder, 'empty.npy')
    await writeFile(empty, npy('|u1', [0, 16, 16, 3], new Uint8Array(0)))
    await expect(openImages(empty)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('holds no images'),
    })
  })
})

describe('the rotation that EXIF asks for', () => {
  // Pillow's TiffImageFile turns a picture while it loads it; JPEG, PNG and WebP stay as they are stored.
  it.each([
    ['tiff', [3, 1, 4, 2]],
    ['png', [1, 2, 3, 4]],
  ] as const)('in a %s', async (kind, right) => {
    const bytes = await sharp(Uint8Array.of(1, 2, 3, 4), { raw: { width: 2, height: 2, channels: 1 } })
      .withMetadata({ orientation: 6 })
      .toFormat(kind, { compression: 'none' } as object)
      .toBuffer()
    const { data } = await decodeImage(bytes, kind)
    expect([0, 1, 2, 3].map((pixel) => data[pixel * 3])).toEqual(right)
  })
})

describe('pictures that are not decoded', () => {
  it('have too many pixels', async () => {
    const path = join(folder, 'bomb.png')
    await sharp({ create: { width: 10_000, height: 9_000, channels: 3, background: 'black' } })
      .png({ compressionLevel: 9 })
      .toFile(path)
    await expect(decodeImage(path, 'bomb.png')).rejects.toMatchObject({
      code: 'INVALID_IMAGE',
      message: expect.stringMatching(/bomb\.png has 10000×9000 pixels; pictures of at most 89,478,485/),
    })
  })

  it('are GIFs with transparent pixels, of which the decoder gives black for the colour below', async () => {
    const pixels = (alpha: number) =>
      sharp(Uint8Array.of(200, 9, 9, 255, 9, 200, 9, alpha), {
        raw: { width: 2, height: 1, channels: 4 },
      })
    await expect(decodeImage(await pixels(0).gif().toBuffer(), 'x.gif')).rejects.toMatchObject({
      code: 'INVALID_IMAGE',
      message: expect.stringMatching(/x\.gif is a GIF with transparent pixels.*convert it to PNG/),
    })
    expect((await decodeImage(await pixels(255).gif().toBuffer(), 'y.gif')).width).toBe(2)
  })

  it('hold floats whose white is not known', async () => {
    const floats = Float32Array.of(0, 100, 200, 255)
    const tiff = await sharp(floats, { raw: { width: 2, height: 2, channels: 1 } })
      .pipelineColourspace('b-w')
      .toColourspace('b-w')
      .tiff({ compression: 'none' })
      .toBuffer()
    const { depth } = await sharp(tiff).metadata()
    // Where the encoder keeps floats; another one would write bytes, which need no refusal.
    if (depth === 'float')
      await expect(decodeImage(tiff, 'x.tiff')).rejects.toThrow(/floats outside \[0, 1\]/)
  })
})

describe.skipIf(!hasCases)('a model that takes images of any size', () => {
  const path = () => casePath('bugs', 'open-image-size-preprocess-elsewhere', 'model.onnx')

  it('takes the size of a preprocessing that is given', async () => {
    const preprocess = await readPreprocess(
      casePath('bugs', 'open-image-size-preprocess-elsewhere', 'other.json'),
    )
    const { model } = await loadModel(path(), { preprocess })
    expect(model.image.shape).toEqual(['n', 3, 16, 16])
  })

  it('says where the size can be given', async () => {
    await expect(loadModel(path())).rejects.toThrow(/any size.*input\.height.*preprocess\.json.*--preprocess/)
  })
})
