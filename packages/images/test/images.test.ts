import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasReference, referenceFolder } from '@saliency/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePreprocess } from '../src/index.ts'
import { decodeImage, openImages, readPreprocess } from '../src/node.ts'

const preprocess = parsePreprocess({ input: { height: 4, width: 6 } })
/** A 4×6 RGB image in which every value differs. */
const pixels = Uint8Array.from({ length: 72 }, (_, index) => 3 * index)
const image = () => sharp(pixels, { raw: { height: 4, width: 6, channels: 3 } })
let folder: string
const path = (...parts: string[]) => join(folder, ...parts)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'))
  await mkdir(path('set', 'cat'), { recursive: true })
  await mkdir(path('set', 'dog'))
  await image()
    .png()
    .toFile(path('set', 'dog', 'b.png'))
  await image()
    .webp({ lossless: true })
    .toFile(path('set', 'dog', 'a.webp'))
  await image()
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toFile(path('set', 'cat', 'c.jpg'))
  const mask = Uint8Array.from({ length: 24 }, (_, index) => (index >= 12 ? 255 : 0))
  await sharp(mask, { raw: { height: 4, width: 6, channels: 1 } })
    .png()
    .toFile(path('set', 'cat', 'c.mask.png'))
  await writeFile(path('set', 'cat', 'broken.jpg'), 'no image')
  await writeFile(path('set', 'cat', 'notes.txt'), 'not listed')
})
afterAll(() => rm(folder, { recursive: true }))

describe('decodeImage', () => {
  it('decodes PNG and lossless WebP exactly', async () => {
    for (const name of ['b.png', 'a.webp']) {
      const raster = await decodeImage(path('set', 'dog', name))
      expect(raster).toMatchObject({ height: 4, width: 6, maximum: 255 })
      expect([...raster.data]).toEqual([...pixels])
    }
  })

  it('keeps 16 bits, of colour and of grey', async () => {
    const wide = Uint16Array.from({ length: 72 }, (_, index) => 900 * index + 7)
    const colour = await sharp(wide, { raw: { height: 4, width: 6, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    const decoded = await decodeImage(colour, 'colour')
    expect(decoded.maximum).toBe(65_535)
    expect([...decoded.data]).toEqual([...wide])
    const grey = await sharp(wide.slice(0, 24), { raw: { height: 4, width: 6, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer()
    const repeated = await decodeImage(grey, 'grey')
    expect(repeated.maximum).toBe(65_535)
    expect([...repeated.data]).toEqual(Array.from({ length: 72 }, (_, index) => wide[Math.floor(index / 3)]))
  })

  it('repeats grey and leaves transparency out, as convert("RGB") does', async () => {
    const grey = await sharp(pixels.slice(0, 24), { raw: { height: 4, width: 6, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer()
    expect((await decodeImage(grey, 'grey')).data.slice(0, 6)).toEqual(Uint8Array.of(0, 0, 0, 3, 3, 3))
    const values = [10, 20, 30, 0, 40, 50, 60, 255]
    const clear = await sharp(Uint8Array.from(values), { raw: { height: 1, width: 2, channels: 4 } })
      .png()
      .toBuffer()
    expect([...(await decodeImage(clear, 'clear')).data]).toEqual([10, 20, 30, 40, 50, 60])
    const wide = await sharp(Uint16Array.from(values), { raw: { height: 1, width: 2, channels: 4 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect([...(await decodeImage(wide, 'wide')).data]).toEqual([10, 20, 30, 40, 50, 60])
  })

  it('does not turn pictures that EXIF asks to turn, and says so', async () => {
    const turned = await image().withMetadata({ orientation: 6 }).png().toBuffer()
    expect(await decodeImage(turned, 'turned')).toMatchObject({ height: 4, width: 6 })
    await writeFile(path('turned.png'), turned)
    expect((await openImages(path('turned.png'))).notices).toEqual([
      expect.stringMatching(/1 image to be turned by EXIF.*turned\.png/),
    ])
  })

  it('names a truncated file', async () => {
    const bytes = await sharp(new Uint8Array(64 * 64 * 3).fill(77), {
      raw: { height: 64, width: 64, channels: 3 },
    })
      .jpeg()
      .toBuffer()
    await expect(decodeImage(bytes.subarray(0, bytes.length - 150), 'cut.jpg')).rejects.toMatchObject({
      code: 'INVALID_IMAGE',
      message: expect.stringMatching(/^cut\.jpg is not a readable image: it is damaged, cut off/),
    })
  })
})

describe('openImages', () => {
  it('takes classes from subfolders, sorts, and names and skips what is unreadable', async () => {
    const set = await openImages(path('set'))
    expect(set.classes).toEqual(['cat', 'dog'])
    expect(set.images).toEqual([
      { id: 'cat/c.jpg', label: 0, labels: [0], maskCount: 1 },
      { id: 'dog/a.webp', label: 1, labels: [1], maskCount: 0 },
      { id: 'dog/b.png', label: 1, labels: [1], maskCount: 0 },
    ])
    expect(set.skipped).toEqual([
      { id: 'cat/broken.jpg', reason: expect.stringContaining('none of the kinds that are decoded') },
    ])
  })

  it('looks the names up among the classes of the model', async () => {
    const set = await openImages(path('set'), { classes: ['bird', 'dog', 'cat'] })
    expect(set.images.map((record) => record.label)).toEqual([2, 1, 1])
    await expect(openImages(path('set'), { classes: ['cats', 'dog'] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining("there is no class 'cat'. Did you mean 'cats'?"),
    })
  })

  it('loads input, display and mask of one image', async () => {
    const set = await openImages(path('set'))
    const { input, masks, pixels: shown } = await set.load(2, preprocess)
    expect(input.shape).toEqual([1, 3, 4, 6])
    expect(input.data[24 + 1]).toBeCloseTo(pixels[4]! / 255, 6)
    expect([...shown]).toEqual([...pixels])
    expect(masks).toEqual([])
    const masked = await set.load(0, preprocess)
    expect([...masked.masks[0]!.data]).toEqual(
      Array.from({ length: 24 }, (_, index) => (index >= 12 ? 1 : 0)),
    )
    expect(masked.masks[0]!.label).toBe(0)
  })

  it('reads a table with labels, target and masks', async () => {
    const table =
      'path,labels,target,mask\nset/dog/b.png,dog|cat,cat,set/cat/c.mask.png\nset/cat/c.jpg,cat,,\n'
    await writeFile(path('table.csv'), table)
    const set = await openImages(path('table.csv'))
    expect(set.classes).toEqual(['cat', 'dog'])
    expect(set.images).toEqual([
      { id: 'set/dog/b.png', label: 1, labels: [1, 0], target: 0, maskCount: 1 },
      { id: 'set/cat/c.jpg', label: 0, labels: [0], maskCount: 0 },
    ])
    expect((await set.load(0, preprocess)).masks[0]).toMatchObject({ label: 1 })
  })

  it.each([
    ['NFD', 'NFC'],
    ['NFC', 'NFD'],
  ])('finds a file that the disk spells as %s and the table as %s', async (onDisk, inTable) => {
    const name = (form: string) => `coqé-${onDisk}.png`.normalize(form)
    await image()
      .png()
      .toFile(path(name(onDisk)))
    await writeFile(path('accents.csv'), `\ufeffpath,label\n${name(inTable)},0\n`)
    const set = await openImages(path('accents.csv'))
    expect(set.images.map(({ labels }) => labels)).toEqual([[0]])
    expect((await set.load(0, preprocess)).input.shape).toEqual([1, 3, 4, 6])
  })

  it('reads a table in UTF-16, as some shells write it', async () => {
    await writeFile(path('wide.csv'), Buffer.from('\ufeffpath,label\nset/dog/b.png,chien\n', 'utf16le'))
    const set = await openImages(path('wide.csv'))
    expect(set.classes).toEqual(['chien'])
  })

  it('names a Git LFS pointer in the place of a table or a picture', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n'
    await writeFile(path('lfs.csv'), pointer)
    await writeFile(path('lfs.png'), pointer)
    await writeFile(path('of-lfs.csv'), 'path,label\nlfs.png,0\n')
    await expect(openImages(path('lfs.csv'))).rejects.toThrow(/lfs\.csv is a Git LFS pointer/)
    const opened = openImages(path('of-lfs.csv')).then((set) => set.load(0, preprocess))
    await expect(opened).rejects.toThrow(/lfs\.png: is a Git LFS pointer.*git lfs pull/)
  })

  it.each<[string, string, RegExp]>([
    ['a table without a path', 'file,label\na.png,1\n', /needs a column "path"/],
    ['a table with an empty path', 'path,label\n,1\n', /line 2: the path is empty/],
    ['a table whose rows differ in length', 'path,label\na.png\n', /is not a CSV table/],
    ['a table that lists an image twice', 'path\nset/cat/c.jpg\nset/cat/c.jpg\n', /twice/],
    ['a table of files that do not exist', 'path\nnowhere.jpg\n', /none of 1 file is a readable image/],
    ['a table with no rows', 'path,label\n', /no rows/],
  ])('refuses %s', async (_, text, message) => {
    await writeFile(path('wrong.csv'), text)
    await expect(openImages(path('wrong.csv'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(message),
    })
  })

  it('refuses a mask of another size than its image', async () => {
    await sharp(new Uint8Array(9), { raw: { height: 3, width: 3, channels: 1 } })
      .png()
      .toFile(path('small.png'))
    await writeFile(path('masked.csv'), 'path,label,mask\nset/dog/b.png,0,small.png\n')
    const set = await openImages(path('masked.csv'))
    await expect(set.load(0, preprocess)).rejects.toMatchObject({
      code: 'INVALID_IMAGE',
      message: expect.stringContaining('is 3×3, but its image is 6×4'),
    })
  })

  it('opens one file, and says so when there is nothing', async () => {
    expect((await openImages(path('set', 'dog', 'b.png'))).images).toEqual([{ id: 'b.png', maskCount: 0 }])
    await mkdir(path('empty'))
    await expect(openImages(path('empty'))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(openImages(path('missing'))).rejects.toMatchObject({ code: 'FILE' })
    await expect(openImages(path('set', 'cat', 'broken.jpg'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})

describe.skipIf(!hasReference)('the CIFAR-10 test images (SALIENCY_REFERENCE)', () => {
  it('are found with the classes of the model', async () => {
    const model = await readPreprocess(join(referenceFolder, 'models/cifar10-resnet20/preprocess.json'))
    const set = await openImages(join(referenceFolder, 'images/cifar10-test'), { classes: model.classes })
    expect(set.images).toHaveLength(300)
    expect(new Set(set.images.map((record) => record.label)).size).toBe(10)
    const { input } = await set.load(0, model)
    expect(input.shape).toEqual([1, 3, 32, 32])
    expect(Math.max(...input.data.map(Math.abs))).toBeLessThan(3)
  })
})
