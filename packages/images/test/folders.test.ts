import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { casePath, hasCases } from '@saliency/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePreprocess } from '@saliency/model-formats'
import { openImages } from '../src/node.ts'

let root: string
let count = 0
let png: Buffer

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'folders-'))
  png = await sharp(new Uint8Array(12).fill(9), { raw: { height: 2, width: 2, channels: 3 } })
    .png()
    .toBuffer()
})
afterAll(() => rm(root, { recursive: true }))

/** A new folder with a picture at each of these paths, and an empty folder for each path that ends in a slash. */
async function folderOf(...paths: string[]): Promise<string> {
  const folder = join(root, String(count++))
  for (const path of paths) {
    await mkdir(join(folder, path.endsWith('/') ? path : dirname(path)), { recursive: true })
    if (!path.endsWith('/')) await writeFile(join(folder, path), png)
  }
  return folder
}

const labelsOf = ({ images }: Awaited<ReturnType<typeof openImages>>) =>
  Object.fromEntries(images.map(({ id, label }) => [id, label]))

describe('folders of one class', () => {
  it.each([
    ['a', 'A'],
    ['1', '01'],
  ])('are refused: %s and %s', async (one, other) => {
    const folder = await folderOf(`${one}/1.png`, `${other}/1.png`)
    await expect(openImages(folder, { classes: ['b', 'a', 'c'] })).rejects.toThrow(
      /the folders ".+" and ".+" both mean class 1.*preprocess\.json/,
    )
  })

  it('mean the class of their name, however its accents are stored', async () => {
    const folder = await folderOf('cafe\u0301/1.png', '\u00E5ngstr\u00F6m/1.png')
    const classes = ['A\u030Angstro\u0308m', 'caf\u00E9']
    expect(Object.values(labelsOf(await openImages(folder, { classes })))).toEqual([1, 0])
  })

  it('are two where the classes are called so, and an empty one counts for nothing', async () => {
    const folder = await folderOf('a/1.png', 'A/1.png')
    expect(labelsOf(await openImages(folder, { classes: ['A', 'a'] }))).toEqual({
      'A/1.png': 0,
      'a/1.png': 1,
    })
    const single = await folderOf('a/', 'A/1.png')
    expect(labelsOf(await openImages(single, { classes: ['b', 'a'] }))).toEqual({ 'A/1.png': 1 })
  })
})

describe('folders that do not shift labels', () => {
  it.each<[string, string[], Record<string, number>]>([
    [
      'what systems leave',
      [
        '@eaDir/x.png',
        '__MACOSX/x.png',
        '.cache/x.png',
        '$RECYCLE.BIN/x.png',
        'a/1.png',
        'b/1.png',
        'c/1.png',
      ],
      { 'a/1.png': 0, 'b/1.png': 1, 'c/1.png': 2 },
    ],
    ['an empty class', ['a/', 'b/1.png', 'c/1.png'], { 'b/1.png': 1, 'c/1.png': 2 }],
    [
      'pictures that are not decoded',
      ['a/1.bmp', 'a/2.heic', 'b/1.png', 'c/1.ppm', 'c/2.png'],
      { 'b/1.png': 1, 'c/2.png': 2 },
    ],
    [
      'other names of JPEG',
      ['a/1.jfif', 'b/1.jpe', 'c/1.JPG'],
      { 'a/1.jfif': 0, 'b/1.jpe': 1, 'c/1.JPG': 2 },
    ],
    [
      'deeper folders',
      ['a/sub/1.png', 'a/@eaDir/1.png', 'b/1.png', 'c/sub/deep/1.png'],
      { 'a/sub/1.png': 0, 'b/1.png': 1, 'c/sub/deep/1.png': 2 },
    ],
  ])('%s', async (_, paths, labels) => {
    const set = await openImages(await folderOf(...paths), { classCount: 3 })
    expect(labelsOf(set)).toEqual(labels)
    expect(set.classes).toEqual(['a', 'b', 'c'])
    expect(set.notices).toContainEqual(
      expect.stringMatching(/CLASS NAMES ARE NOT KNOWN.*0 = a, 1 = b, 2 = c/),
    )
  })

  it('follows links, each folder once', async () => {
    const [elsewhere, folder] = [await folderOf('1.png'), await folderOf('b/1.png', 'c/1.png')]
    await symlink(elsewhere, join(folder, 'a'))
    await symlink(join(folder, 'c'), join(folder, 'c', 'itself'))
    await symlink(join(folder, 'nowhere'), join(folder, 'broken'))
    const set = await openImages(folder, { classCount: 3 })
    expect(labelsOf(set)).toEqual({ 'a/1.png': 0, 'b/1.png': 1, 'c/1.png': 2 })
    expect(set.notices).toContainEqual(expect.stringMatching(/broken is a link that leads nowhere/))
  })

  it('gives a class no pictures of the others by a link to the folder of all classes', async () => {
    const folder = await folderOf('a/1.png', 'b/1.png', 'c/1.png')
    await symlink(folder, join(folder, 'a', 'all'))
    expect(labelsOf(await openImages(folder, { classCount: 3 }))).toEqual({
      'a/1.png': 0,
      'b/1.png': 1,
      'c/1.png': 2,
    })
  })

  it('names what is left out and why', async () => {
    const set = await openImages(await folderOf('__MACOSX/x.png', 'a/1.bmp', 'b/1.png'), { classCount: 2 })
    expect(set.skipped).toEqual([
      { id: 'a/1.bmp', reason: expect.stringContaining('convert it to PNG or JPEG') },
    ])
    expect(set.notices?.[0]).toMatch(/__MACOSX .*no class/)
    await expect(openImages(await folderOf('a/1.bmp'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/holds no images.*pictures of other kinds: 1 file \(a\/1\.bmp/),
    })
  })
})

describe('class folders and a model without class names', () => {
  it('have no labels where their number is another one, and the set says why', async () => {
    const set = await openImages(await folderOf('cat/1.png', 'dog/1.png'), { classCount: 10 })
    expect(labelsOf(set)).toEqual({ 'cat/1.png': undefined, 'dog/1.png': undefined })
    expect(set.labelProblem).toMatch(
      /2 names \("cat", "dog"\), but the model has 10 classes.*preprocess\.json/,
    )
  })

  it('have no labels where they are parts of a data set, in whatever number', async () => {
    for (const [one, other] of [
      ['train', 'test'],
      ['Images', 'Masks'],
    ]) {
      const set = await openImages(await folderOf(`${one}/a/1.png`, `${other}/a/1.png`), { classCount: 2 })
      expect(set.images.map(({ label }) => label)).toEqual([undefined, undefined])
      expect(set.labelProblem).toMatch(/are parts of a data set, not classes\. Open one of them/)
    }
  })

  it('may be called as a part of a data set among others, or where the model has such classes', async () => {
    const paths = ['bus/1.png', 'train/1.png']
    expect(labelsOf(await openImages(await folderOf(...paths), { classCount: 2 }))['train/1.png']).toBe(1)
    const classes = ['train', 'test']
    expect(labelsOf(await openImages(await folderOf('train/1.png'), { classes }))['train/1.png']).toBe(0)
  })

  it('are indices where they are numbers, in whatever order texts sort', async () => {
    const set = await openImages(await folderOf('2/1.png', '10/1.png', '0/1.png'), { classCount: 12 })
    expect(labelsOf(set)).toEqual({ '0/1.png': 0, '10/1.png': 10, '2/1.png': 2 })
    await expect(openImages(await folderOf('1/1.png', '3/1.png'), { classCount: 3 })).rejects.toThrow(
      /there is no class '3'/,
    )
    await expect(openImages(await folderOf('1/1.png', 'cat/1.png'), { classCount: 2 })).rejects.toThrow(
      /mix numbers \("1"\) and names \("cat"\)/,
    )
  })
})

describe('class folders and class names', () => {
  it('are names, also where names are numbers', async () => {
    const classes = ['0', '1', '10', '2']
    const set = await openImages(await folderOf('2/1.png', '10/1.png'), { classes })
    expect(labelsOf(set)).toEqual({ '10/1.png': 2, '2/1.png': 3 })
  })

  it('must not mean two classes', async () => {
    await expect(
      openImages(await folderOf('crane/1.png'), { classes: ['crane', 'jay', 'crane'] }),
    ).rejects.toThrow(/"crane" is the name of the classes 0, 2: write one of index:0, index:2/)
  })
})

describe.skipIf(!hasCases)('the folders of the cases', () => {
  it.each(['junk-folders', 'nested', 'other-extension'])('%s', async (name) => {
    const set = await openImages(casePath('bugs', 'labels-from-folders', name), { classCount: 3 })
    for (const { id, label } of set.images) expect(label).toBe('abc'.indexOf(id[0] as string))
  })
})

describe.skipIf(process.platform === 'win32')('pipes and devices', () => {
  const pipe = (path: string) => execFileSync('mkfifo', [path])

  it('among pictures are left out, and not waited for', async () => {
    const folder = await folderOf('a/1.png')
    pipe(join(folder, 'a/2.png'))
    await symlink('/dev/zero', join(folder, 'a/3.png'))
    const set = await openImages(folder)
    expect(set.images.map(({ id }) => id)).toEqual(['a/1.png'])
    expect(set.skipped).toEqual(
      ['a/2.png', 'a/3.png'].map((id) => ({ id, reason: 'is a pipe or a device, not a file' })),
    )
  })

  it.each(['x.png', 'x.npy', 'x.npz', 'x.csv'])('are no images: %s', async (name) => {
    const folder = await folderOf('/')
    pipe(join(folder, name))
    await expect(openImages(join(folder, name))).rejects.toThrow(/is a pipe or a device, not a file/)
  })

  it('are no masks', async () => {
    const folder = await folderOf('1.png')
    pipe(join(folder, '1.mask.png'))
    const set = await openImages(folder)
    const preprocess = parsePreprocess({ input: { height: 2, width: 2, channels: 'RGB', range: [0, 1] } })
    await expect(set.load(0, preprocess)).rejects.toThrow(/1\.mask\.png is a pipe or a device/)
  })
})
