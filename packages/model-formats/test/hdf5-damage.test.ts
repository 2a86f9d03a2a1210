import { readFileSync } from 'node:fs'
import { createRandom, SaliencyError } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { openHdf5 } from '../src/hdf5/open-hdf5.ts'
import { importKerasHdf5 } from '../src/index.ts'
import { writeHdf5 } from './keras-file.ts'
import { casePath, hasCases } from './reference.ts'

const ramp = (length: number) => Float32Array.from({ length }, (_, index) => index / 8)
const little = (value: number, width: number) =>
  Array.from({ length: width }, (_, place) => Math.floor(value / 256 ** place) % 256)

/** Where `wanted` lies in `bytes`. */
function placesOf(bytes: Uint8Array, wanted: readonly number[]): number[] {
  return [...bytes.keys()].filter((at) => wanted.every((byte, index) => bytes[at + index] === byte))
}

/** A copy in which every `wanted` is replaced. */
function replaced(bytes: Uint8Array, wanted: readonly number[], by: readonly number[]): Uint8Array {
  const copy = bytes.slice()
  const places = placesOf(bytes, wanted)
  expect(places).not.toEqual([])
  for (const at of places) copy.set(by, at)
  return copy
}

/** A dataset of 7919 values, a number that nothing else in the file has. */
const large = (settings: object) =>
  writeHdf5((root) => root.create_dataset({ name: 'w', data: ramp(7919), shape: [7919], ...settings }))

function messageOf(bytes: Uint8Array): string {
  try {
    const file = openHdf5(bytes)
    for (const group of file.groups) file.texts(group, 'names')
    for (const dataset of file.datasets.values()) dataset.read()
  } catch (error) {
    expect(SaliencyError.is(error, 'INVALID_MODEL'), String(error)).toBe(true)
    return (error as SaliencyError).message
  }
  return 'read'
}

describe('HDF5 files that ask for more than they hold', () => {
  test('a dataset that declares 10^12 values, or as many as a large file could hold', async () => {
    for (const settings of [{}, { chunks: [99] }, { chunks: [99], compression: 6 }]) {
      const bytes = await large(settings)
      const declaring = (count: number) => messageOf(replaced(bytes, little(7919, 8), little(count, 8)))
      expect(declaring(1e12)).toMatch(/'w' declares the shape \[1000000000000\]/)
      expect(declaring(2 ** 30)).toMatch(/broken or truncated/)
      // The low half of the number is the true one.
      expect(declaring(2 ** 32 + 7919)).toMatch(/'w' declares the shape \[4294975215\]/)
    }
  })

  test('a chunk of 2 GiB', async () => {
    for (const compression of [0, 6]) {
      const bytes = await large({ chunks: [7919], ...(compression > 0 && { compression }) })
      const layout = [...little(7919, 4), ...little(4, 4)]
      const chunk = replaced(bytes, layout, [...little(2 ** 29, 4), ...little(4, 4)])
      expect(messageOf(chunk)).toMatch(/a chunk declares 2147483648 bytes, and \d+ are stored/)
    }
  })

  test('texts of no bytes', async () => {
    const bytes = await writeHdf5((root) => root.create_attribute('names', ['ab', 'cd'], [2], 'S7'))
    expect(messageOf(bytes)).toBe('read')
    const [at] = placesOf(bytes, little(7, 4)).filter((place) => bytes[place - 4] === 0x13)
    bytes[at as number] = 0
    expect(messageOf(bytes)).toMatch(/values of no bytes/)
  })
})

describe('HDF5 files that have no end', () => {
  test.skipIf(!hasCases)("a group's tree of 40 levels whose nodes point twice at the node below", () => {
    const bytes = new Uint8Array(readFileSync(casePath('bugs', 'keras3-depthwise-kernel-h5/model.h5')))
    const [tree] = placesOf(bytes, [...Buffer.from('TREE')]) as [number]
    const [levels, length] = [40, 64]
    const file = new Uint8Array(bytes.length + levels * length)
    const top = bytes.length + (levels - 1) * length
    file.set(replaced(bytes, little(tree, 8), little(top, 8)))
    for (let level = 1; level <= levels; level++) {
      const at = bytes.length + (level - 1) * length
      const below = little(level === 1 ? tree : at - length, 8)
      const siblings = Array.from({ length: 16 }, () => 255)
      const key = little(0, 8)
      file.set([...Buffer.from('TREE'), 0, level, 2, 0, ...siblings, ...key, ...below, ...key, ...below], at)
    }
    expect(messageOf(file)).toMatch(/a node of a group's tree at byte \d+ is linked twice/)
  })

  test('an object header that goes on for millions of empty messages', () => {
    const rest = 2 ** 23
    const file = new Uint8Array(128 + rest)
    file.set([0x89, ...Buffer.from('HDF\r\n\u001A\n'), 2, 8, 8]) // superblock 2, addresses of 8 bytes
    file.set(little(48, 8), 36) // the root
    file.set([...Buffer.from('OHDR'), 2, 0, 20, 0x10, 16, 0, 0, ...little(128, 8), ...little(rest, 8)], 48)
    file.set(Buffer.from('OCHK'), 128)
    expect(messageOf(file)).toMatch(/an object header of more than 65535 messages/)
  })
})

describe('chunks of HDF5 files', () => {
  const chunked = () =>
    writeHdf5((root) => root.create_dataset({ name: 'w', data: ramp(6000), shape: [6000], chunks: [1000] }))

  test('are read again when they are asked for again, as any other array is', async () => {
    for (const bytes of [await chunked(), await large({})]) {
      const dataset = openHdf5(bytes).datasets.get('w')
      expect(dataset?.read()).toEqual(dataset?.read())
    }
  })

  test('that take the place of another, or lie between two, leave no zeros behind', async () => {
    const bytes = await chunked()
    // A key: bytes stored, filters left out, where the chunk starts, 0.
    const key = [...little(4000, 4), ...little(0, 4)]
    for (const start of [2000, 2900]) {
      const moved = [...key, ...little(start, 8)]
      expect(messageOf(replaced(bytes, [...key, ...little(3000, 8)], moved))).toMatch(
        /chunks of a dataset overlap/,
      )
    }
  })
})

describe.skipIf(!hasCases)('a thousand changes of the bytes of a Keras file', () => {
  for (const path of ['keras-normalization-count/keras2/model.h5', 'keras3-depthwise-kernel-h5/model.h5'])
    test(`${path} ends in a model or a reason`, { timeout: 120_000 }, async () => {
      const bytes = new Uint8Array(readFileSync(casePath('bugs', path)))
      await importKerasHdf5(bytes)
      let slowest = 0
      for (let draw = 0; draw < 1000; draw++) {
        const random = createRandom('model-formats', 'hdf5-damage', draw)
        const copy = bytes.slice()
        const count = random.integer(1, 4)
        for (let change = 0; change < count; change++)
          copy[random.integer(0, copy.length - 1)] = random.integer(0, 255)
        const start = performance.now()
        const error: unknown = await importKerasHdf5(copy).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        slowest = Math.max(slowest, performance.now() - start)
        if (error !== undefined && !SaliencyError.is(error)) throw error
      }
      expect(slowest).toBeLessThan(5000)
    })
})
