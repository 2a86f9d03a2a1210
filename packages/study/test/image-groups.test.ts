import { tensor } from '@saliency/core'
import type { ImageSet, LoadedImage, Preprocess } from '@saliency/images'
import { describe, expect, it } from 'vitest'
import { openImageGroups } from '../src/image-groups.ts'

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

  it('keep the places of what cannot be decoded, and name it', async () => {
    const { set, begun } = imageSet(2, [1, 5, 9])
    const groups = openImageGroups(set, preprocess, 10, 0)
    const group = await groups.group(0)
    expect(group.images.map(({ id }) => id)).toEqual(begun.toSorted().map((at) => `image-${at}`))
    // Another image of the group stands where image 1 would.
    expect(group.images.map(({ input }) => input[0])).toEqual([0, 0, 2, 3, 4, 0, 6, 7])
    expect([...group.lost]).toEqual([1, 5].map((at) => [`image-${at}`, `no picture ${at}`]))
    expect([...(await groups.group(1)).lost.keys()]).toEqual(['image-9'])
    expect([...groups.lost.keys()].toSorted()).toEqual(['image-1', 'image-5', 'image-9'])
  })

  it('do not try an image again that could not be read', async () => {
    const { set, begun } = imageSet(2, [1])
    const groups = openImageGroups(set, preprocess, 8, 0)
    for (let time = 0; time < 3; time++) await groups.group(0)
    expect(begun.filter((at) => at === 1)).toHaveLength(1)
    expect(begun.filter((at) => at === 0)).toHaveLength(3)
    expect(await groups.read('image-1')).toBeUndefined()
  })

  it('are empty where no image can be decoded', async () => {
    const { set } = imageSet(2, [8, 9, 10, 11])
    const group = await openImageGroups(set, preprocess).group(1)
    expect(group.images).toEqual([])
    expect(group.lost.size).toBe(4)
  })
})
