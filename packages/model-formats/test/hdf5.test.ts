import { readFileSync } from 'node:fs'
import { createRandom, SaliencyError } from '@saliency/core'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import type { Group } from 'h5wasm'
import { openHdf5 } from '../src/hdf5/open-hdf5.ts'
import { importKerasArchive, importKerasHdf5 } from '../src/index.ts'
import { casePath, hasCases } from './reference.ts'
import { writeHdf5 } from './keras-file.ts'

const ramp = (length: number) => Float32Array.from({ length }, (_, index) => index / 8)

async function errorOf(load: () => unknown): Promise<SaliencyError> {
  const error: unknown = await (async () => load())().catch((reason: unknown) => reason)
  expect(SaliencyError.is(error, 'INVALID_MODEL'), String(error)).toBe(true)
  return error as SaliencyError
}

describe('HDF5', () => {
  test('groups of any size: links in the header, in one leaf, in a tree of leaves', async () => {
    for (const count of [3, 12, 400]) {
      const file = openHdf5(
        await writeHdf5((root) => {
          for (let index = 0; index < count; index++)
            root.create_group(`layer_${index}`).create_dataset({ name: 'w', data: Float32Array.of(index) })
        }),
      )
      expect(file.datasets.size).toBe(count)
      expect(file.datasets.get(`layer_${count - 1}/w`)?.read()).toEqual(Float32Array.of(count - 1))
    }
  })

  test('chunks, also compressed, that do not divide their array', async () => {
    const bytes = await writeHdf5((root) => {
      const data = { data: ramp(7 * 5 * 3), shape: [7, 5, 3] }
      root.create_dataset({ name: 'plain', ...data, chunks: [4, 2, 3] })
      root.create_dataset({ name: 'packed', ...data, chunks: [3, 3, 2], compression: 6 })
    })
    for (const name of ['plain', 'packed'])
      expect(openHdf5(bytes).datasets.get(name)?.read(), name).toEqual(ramp(105))
  })

  test('every kind of number, single ones too', async () => {
    const kinds = {
      int8: Int8Array.of(-3, 7),
      uint16: Uint16Array.of(3, 65_535),
      int64: BigInt64Array.of(-5n, 2n ** 40n),
      double: Float64Array.of(0.25, -1e3),
    }
    const bytes = await writeHdf5((root) => {
      for (const [name, data] of Object.entries(kinds)) root.create_dataset({ name, data, shape: [2] })
      root.create_dataset({ name: 'one', data: BigInt64Array.of(9n), shape: [] })
    })
    const { datasets } = openHdf5(bytes)
    for (const [name, data] of Object.entries(kinds))
      expect([...(datasets.get(name)?.read() ?? [])], name).toEqual(Array.from(data, Number))
    expect(datasets.get('one')).toMatchObject({ shape: [] })
    expect([...(datasets.get('one')?.read() ?? [])]).toEqual([9])
  })

  test('what is no number is not asked for until it is needed', async () => {
    const bytes = await writeHdf5((root) => root.create_dataset({ name: 'text', data: ['a', 'b'] }))
    const dataset = openHdf5(bytes).datasets.get('text')
    expect((await errorOf(() => dataset?.read())).message).toMatch(/'text' holds no numbers/)
  })

  test('groups nested deeper than any model are refused', async () => {
    const bytes = await writeHdf5((root) => {
      let group: Group = root
      for (let depth = 0; depth < 80; depth++) group = group.create_group('g')
    })
    expect((await errorOf(() => openHdf5(bytes))).message).toMatch(/nested more than 64 deep/)
  })

  test('no change of bytes makes it read for ever', async () => {
    const bytes = await writeHdf5((root) => {
      for (let index = 0; index < 12; index++) root.create_dataset({ name: `d${index}`, data: ramp(9) })
      root.create_dataset({ name: 'packed', data: ramp(64), shape: [64], chunks: [8], compression: 1 })
    })
    const start = performance.now()
    for (let draw = 0; draw < 1000; draw++) {
      const random = createRandom('model-formats', 'hdf5', draw)
      const copy = bytes.slice()
      for (let count = 0; count < 4; count++)
        copy[random.integer(0, copy.length - 1)] = random.integer(0, 255)
      try {
        for (const dataset of openHdf5(copy).datasets.values()) dataset.read()
      } catch (error) {
        if (!SaliencyError.is(error, 'INVALID_MODEL')) throw error
      }
    }
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  test.skipIf(!hasCases)(
    'files that had no end: changed bytes, a group that contains its parent',
    async () => {
      for (const path of ['h5-byte-hang/a.h5', 'h5-byte-hang/b.h5', 'h5-group-cycle/model.h5']) {
        const bytes = new Uint8Array(readFileSync(casePath('bad-inputs', path)))
        expect((await errorOf(() => importKerasHdf5(bytes))).message, path).toMatch(/broken or truncated/)
      }
    },
  )
})

describe('zip archives', () => {
  const config = strToU8('{}')

  test('what unpacks to a thousand times its size is refused before it is unpacked', async () => {
    const bomb = zipSync(
      { 'config.json': config, 'model.weights.h5': new Uint8Array(2 ** 26 + 1) },
      { level: 1 },
    )
    expect(bomb.length).toBeLessThan(2 ** 20)
    const { message } = await errorOf(() => importKerasArchive(bomb))
    expect(message).toMatch(/'model\.weights\.h5' unpacks from \d+ bytes to 0\.1 GiB/)
  })

  test('an entry of 4 GiB is called too large, not missing', async () => {
    const bytes = zipSync({
      'config.json': config,
      'model.weights.h5': ramp(4).slice() as unknown as Uint8Array,
    })
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // The sizes of the second entry of the central directory, 24 bytes behind its signature.
    const central = bytes.findLastIndex(
      (_, at) => at + 4 <= bytes.length && view.getUint32(at, true) === 0x02014b50,
    )
    view.setUint32(central + 24, 0xfffffff0, true)
    expect((await errorOf(() => importKerasArchive(bytes))).message).toMatch(
      /'model\.weights\.h5' is 4\.0 GiB large/,
    )
  })
})
