import { createRandom, encodeNpy, tensor } from '@saliency/core'
import { strToU8, zipSync } from 'fflate'
import sharp from 'sharp'
import { test } from 'vitest'
import { damagedBytes, damagedJson } from '../../model-formats/test/fuzz/mutate.ts'
import { survives } from '../../model-formats/test/fuzz/survives.ts'
import { parsePreprocess } from '../src/index.ts'
import { openImages, readPreprocess } from '../src/node.ts'

/** A machine that does other things may take its time; a single file may not. */
const timeout = 600_000

const preprocess = parsePreprocess({ input: { height: 4, width: 4 } })

/** Reads a file's images as a command does: opens it, and decodes the first. */
async function load(path: string): Promise<unknown> {
  const set = await openImages(path, { classCount: 3, channels: 3 })
  return set.load(0, preprocess)
}

const random = createRandom('fuzz', 'pixels')
const pixels = Uint8Array.from({ length: 12 * 9 * 4 }, () => random.integer(0, 255))
const picture = () => sharp(pixels, { raw: { width: 12, height: 9, channels: 4 } })

const pictures = {
  'grey16.png': () => picture().toColourspace('grey16').png().toBuffer(),
  'colour.png': () => picture().png().toBuffer(),
  'photo.jpg': () => picture().removeAlpha().jpeg().toBuffer(),
  'inks.jpg': () => picture().removeAlpha().toColourspace('cmyk').jpeg().toBuffer(),
  'photo.webp': () => picture().webp().toBuffer(),
  'plate.gif': () => picture().removeAlpha().gif().toBuffer(),
  'scan.tif': () => picture().removeAlpha().tiff({ compression: 'lzw' }).toBuffer(),
  'still.avif': () => picture().removeAlpha().avif({ effort: 0 }).toBuffer(),
} as const

test('pictures', { timeout }, async () => {
  const files = await Promise.all(Object.values(pictures).map(async (write) => new Uint8Array(await write())))
  await survives({
    // What a picture is, is told by its content.
    file: 'picture.png',
    seed: files[0]!,
    mutate: (seed, draw) => damagedBytes(files[draw % files.length]!, seed),
    load,
  })
})

const array = encodeNpy(
  tensor(
    Float32Array.from({ length: 2 * 4 * 4 * 3 }, () => random.uniform()),
    [2, 4, 4, 3],
  ),
)

test('arrays: .npy', { timeout }, async () => {
  await survives({ file: 'images.npy', seed: array, mutate: (seed) => damagedBytes(array, seed), load })
})

test('arrays: .npz', { timeout }, async () => {
  const labels = encodeNpy(tensor(Float32Array.of(0, 2), [2]))
  const bytes = zipSync({ 'images.npy': array, 'labels.npy': labels })
  await survives({ file: 'images.npz', seed: bytes, mutate: (seed) => damagedBytes(bytes, seed), load })
})

test('tables', { timeout }, async () => {
  const bytes = strToU8('path,label,target\nphoto.png,1,2\n"other.png",0,1\n')
  const photo = new Uint8Array(await pictures['colour.png']())
  await survives({
    file: 'images.csv',
    seed: bytes,
    mutate: (seed) => damagedBytes(bytes, seed),
    load,
    beside: { 'photo.png': photo, 'other.png': photo },
  })
})

test('preprocessing', { timeout }, async () => {
  const content = {
    input: { height: 4, width: 4, channels: 'RGB', range: [0, 1] },
    resize: { shorterSide: 8 },
    interpolation: 'bicubic',
    antialias: false,
    mean: [0.4, 0.5, 0.6],
    std: [0.2, 0.2, 0.2],
    classes: ['a', 'b', 'c'],
  }
  await survives({
    file: 'preprocess.json',
    seed: strToU8(JSON.stringify(content)),
    mutate: (seed) => damagedJson(content, seed),
    load: readPreprocess,
  })
})
