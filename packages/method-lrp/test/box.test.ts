import { type FloatTensor, type Method, type Model, type Options } from '@saliency/core'
import { explainWith, oneHot, seededImages, tinyNetwork } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { lrp } from '../src/index.ts'

const method = lrp as unknown as Method

async function boxMap(model: Model, options: Options, name = 'skip'): Promise<FloatTensor> {
  const { weights } = tinyNetwork(name)
  const inputs = seededImages(model, 2)
  const direction = oneHot(model, [1, 3])
  const maps = await explainWith({
    model,
    weights,
    method,
    variants: ['epsilon-gamma-box'],
    options,
    inputs,
    direction,
  })
  return maps.get('epsilon-gamma-box') as FloatTensor
}

describe('the bounds of the box rule', () => {
  const { model } = tinyNetwork('skip')
  const range = { low: [-4, -5, -6], high: [4, 5, 7] }

  it("are black and white after the model's preprocessing, where that is known", async () => {
    const known = await boxMap({ ...model, pixelRange: range }, {})
    const given = await boxMap(model, { low: '-4, -5, -6', high: '4, 5, 7' })
    expect(known).toBeCloseToMap(given, 1e-6)
  })

  it('may be one number for all channels, and make a difference', async () => {
    const one = await boxMap(model, { low: '-4', high: '4' })
    const three = await boxMap(model, { low: '-4,-4,-4', high: '4,4,4' })
    expect(one).toBeCloseToMap(three, 1e-6)
    expect(await boxMap({ ...model, pixelRange: range }, {})).not.toBeCloseToMap(one, 1e-3)
  })

  it("are each image's own extremes where nothing is known, so that a batch equals its images", async () => {
    const both = await boxMap(model, {})
    const { data, shape } = seededImages(model, 2)
    const extremes = (pick: (...values: number[]) => number, image: number) =>
      [0, 1, 2].map((channel) =>
        pick(...data.slice((image * 3 + channel) * 64, (image * 3 + channel + 1) * 64)),
      )
    expect(shape).toEqual([2, 3, 8, 8])
    const alone = await boxMap(model, {
      low: extremes(Math.min, 0).join(),
      high: extremes(Math.max, 0).join(),
    })
    const size = both.data.length / 2
    const first = (map: FloatTensor): FloatTensor => ({
      ...map,
      shape: [1, 3, 8, 8],
      data: map.data.slice(0, size),
    })
    expect(first(both)).toBeCloseToMap(first(alone), 1e-5)
  })

  it('are the widest ones where a dense layer reads the image and channels are gone', async () => {
    const { model: flat } = tinyNetwork('dense-only')
    const known = await boxMap({ ...flat, pixelRange: range }, {}, 'dense-only')
    const given = await boxMap(flat, { low: '-6', high: '7' }, 'dense-only')
    expect(known).toBeCloseToMap(given, 1e-6)
  })
})
