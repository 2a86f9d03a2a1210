import { tensor } from '@saliency/core'
import type { ImageSet, LoadedImage, Preprocess } from '@saliency/images'
import { describe, expect, it } from 'vitest'
import { openImageGroups } from '../src/study/image-groups.ts'

const preprocess = {} as Preprocess

/** Twelve images of `side`², of which some cannot be decoded; a later image is ready sooner. */
function imageSet(side: number, broken: readonly number[] = []) {
  const begun: number[] = []
  const images = Array.from({ length: 12 }, (_, at) => ({ id: `image-${at}`, maskCount: 0 }))
  async function load(at: number): Promise<LoadedImage> {
    begun.push(at)
    await new Promise((done) => void setTimeout(done, 12 - at))
    if (broken.includes(at)) throw new Error(`no picture ${at}`)
    // One pixel is written: the system gives large arrays no memory before.
    const pixels = new Float32Array(side * side)
    pixels[0] = at
    const input = tensor(pixels, [1, 1, side, side])
    return { record: images[at]!, input, pixels: new Uint8Array(), masks: [] }
  }
  const set: ImageSet = { name: 'twelve', images, skipped: [], fingerprint: async () => 'twelve', load }
  return { set, begun }
}

describe('groups of images', () => {
  it('are decoded ahead of being asked for, and once', async () => {
    const { set, begun } = imageSet(2)
    const groups = openImageGroups(set, preprocess)
    groups.ahead(1)
    expect(begun).toEqual([8, 9, 10, 11])
    const group = await groups.group(1)
    expect(await groups.group(1)).toBe(group)
    expect(begun).toHaveLength(4)
    expect(group.images.map(({ id, input }) => [id, input[0]])).toEqual(
      [8, 9, 10, 11].map((at) => [`image-${at}`, at]),
    )
  })

  it('are decoded again where they are too large to be kept', async () => {
    const { set, begun } = imageSet(2944)
    const groups = openImageGroups(set, preprocess)
    for (const index of [0, 1, 0, 1]) await groups.group(index)
    expect(begun.filter((at) => at < 8)).toHaveLength(2 * 8)
    expect(begun.filter((at) => at >= 8)).toHaveLength(4)
  })

  it('leave out what cannot be decoded, and name it in the order of the images', async () => {
    const { set } = imageSet(2, [1, 5, 9])
    const groups = openImageGroups(set, preprocess, 10)
    const ids = (await groups.group(0)).images.map(({ id }) => id)
    expect(ids).toEqual([0, 2, 3, 4, 6, 7].map((at) => `image-${at}`))
    expect((await groups.group(1)).images.map(({ id }) => id)).toEqual(['image-8'])
    expect(groups.failures).toEqual(
      [1, 5, 9].map((at) => ({ id: `image-${at}`, reason: `no picture ${at}` })),
    )
  })
})
