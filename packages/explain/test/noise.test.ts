import { createRandom, defineMethod, resolveVariant, type SamplingMethod, tensor } from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { openMaps, mapGraphs, directionsFor, traceVariants } from '../src/index.ts'
import { drawn, engine, network, noise } from './subject.ts'

/** Its map is the first random number that it draws at each pixel. */
const draws: SamplingMethod = defineMethod({
  ...noise,
  id: 'draws',
  variants: { one: noise.variants.plain, two: noise.variants.plain },
  kind: 'sampling',
  of: () => 'predict',
  *samples({ image, random }) {
    yield { input: image.map(() => random.normal()) }
  },
  fold: (sum, _, { input }) => sum.set(input),
} as const)

const images = drawn('images', [2, 2, 4, 4])
const loaded = network()

/** What one variant gives for the two images in a batch of their own size. */
async function mapOf(
  id: 'noise/plain' | 'draws/one' | 'draws/two',
  { targets = [0, 1], ids = ['cat.png', 'dog.png'], state = '', seed = 1 },
): Promise<number[][]> {
  const [name, variant] = id.split('/')
  const variants = [resolveVariant(name === 'noise' ? noise : draws, variant)]
  const set = traceVariants(loaded.model, variants, [noise, draws])
  const settings = { engine: await engine(), weights: loaded.weights, batchSize: 2, seed }
  const session = await openMaps(mapGraphs(set, 'full'), settings)
  const given = tensor(images.data.subarray(0, ids.length * 32), [ids.length, 2, 4, 4])
  const request = {
    images: given,
    directions: directionsFor(targets, 3),
    ids,
    ...(state !== '' && { state }),
  }
  const map = (await session.maps(request)).maps.get(id)!
  await session.dispose()
  const length = map.data.length / ids.length
  return ids.map((_, row) => [...map.data.subarray(row * length, (row + 1) * length)])
}

/** The numbers of one stream. */
function stream(length: number, ...key: (string | number)[]): number[] {
  const random = createRandom(...key)
  return Array.from({ length }, () => Math.fround(random.normal()))
}

describe('the samples of an image', () => {
  it('come from the stream of seed, method and image', async () => {
    expect(await mapOf('draws/one', { seed: 5 })).toEqual([
      stream(32, 5, 'samples', 'draws', 'cat.png'),
      stream(32, 5, 'samples', 'draws', 'dog.png'),
    ])
  })

  it.each([
    ['another class', { targets: [2, 2] }],
    ['other weights', { state: 'other weights' }],
  ])('are the same for %s', async (_, change) => {
    expect(await mapOf('draws/one', change)).toEqual(await mapOf('draws/one', {}))
  })

  it('are the same for every variant of the method', async () => {
    expect(await mapOf('draws/two', {})).toEqual(await mapOf('draws/one', {}))
  })
})

describe('a map of noise', () => {
  it('comes from the stream of seed, variant, image, state and class', async () => {
    expect(await mapOf('noise/plain', { seed: 7 })).toEqual([
      stream(16, 7, 'noise', 'noise:noise/plain', 'cat.png', 'original', 0),
      stream(16, 7, 'noise', 'noise:noise/plain', 'dog.png', 'original', 1),
    ])
    expect((await mapOf('noise/plain', { state: 'drawn anew' }))[0]).toEqual(
      stream(16, 1, 'noise', 'noise:noise/plain', 'cat.png', 'drawn anew', 0),
    )
  })

  it('does not depend on the images beside it', async () => {
    const [, second] = await mapOf('noise/plain', {})
    expect(await mapOf('noise/plain', { targets: [1], ids: ['dog.png'] })).toEqual([second])
  })
})
