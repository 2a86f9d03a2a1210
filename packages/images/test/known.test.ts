import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTurn, type KnownImage } from '../src/index.ts'
import { openImages } from '../src/node.ts'
import { parsePreprocess } from '../src/preprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'saliency-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const picture = (grey: number) =>
  sharp({ create: { width: 4, height: 4, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png()
    .toBuffer()

const preprocess = parsePreprocess({ input: { height: 4, width: 4 } })
let known: readonly KnownImage[]
let whole: string

beforeAll(async () => {
  for (const name of ['a', 'b']) mkdirSync(join(folder, name))
  for (const [at, name] of ['a/1', 'a/2', 'b/3'].entries())
    writeFileSync(join(folder, `${name}.png`), await picture(50 * at))
  writeFileSync(join(folder, 'b/4.png'), 'no picture')
  const set = await openImages(folder)
  whole = await set.fingerprint([0, 1])
  // As a list in a file gives it back.
  known = JSON.parse(JSON.stringify(set.known?.())) as KnownImage[]
})

describe('what is known of images', () => {
  it('is the record, the size and the content of each, or why it was left out', () => {
    expect(known).toHaveLength(4)
    const file = { bytes: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }
    expect(known[0]).toEqual({
      id: 'a/1.png',
      record: { id: 'a/1.png', label: 0, labels: [0], maskCount: 0 },
      pixels: 16,
      isTurned: false,
      files: [file],
    })
    // Nobody read the third.
    expect(known[2]?.files).toBeUndefined()
    expect(known[3]).toEqual({ id: 'b/4.png', reason: expect.stringContaining('not a readable image') })
  })

  it('opens the same set without reading its files, and compares each when it is decoded', async () => {
    // A header that is not read cannot be found damaged.
    writeFileSync(join(folder, 'a/2.png'), 'another picture')
    const set = inTurn(await openImages(folder, { earlier: known }))
    expect([set.isKnown, set.images.length, set.skipped.length]).toEqual([true, 3, 1])
    await expect(set.load(0, preprocess)).resolves.toMatchObject({ record: { id: 'a/1.png' } })
    const replaced = set.images.findIndex(({ id }) => id === 'a/2.png')
    await expect(set.load(replaced, preprocess)).rejects.toThrow(/a\/2.png was replaced/)
    writeFileSync(join(folder, 'a/2.png'), await picture(50))
    expect(await (await openImages(folder, { earlier: known })).fingerprint([0, 1])).toBe(whole)
  })

  it('is not taken for other files, nor for other labels', async () => {
    const isKnown = async (earlier: readonly KnownImage[]) =>
      (await openImages(folder, { earlier })).isKnown === true
    expect(await isKnown(known)).toBe(true)
    expect(await isKnown(known.slice(1))).toBe(false)
    expect(await isKnown(known.map((one) => ({ ...one, record: { ...one.record!, label: 1 } })))).toBe(false)
    renameSync(join(folder, 'a/1.png'), join(folder, 'a/0.png'))
    expect(await isKnown(known)).toBe(false)
    renameSync(join(folder, 'a/0.png'), join(folder, 'a/1.png'))
  })
})
