import { createRandom, type CheckImage } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { gridPointingGame } from '../src/checks/grid-pointing-game.ts'
import { localisation } from '../src/checks/localisation.ts'
import { twoObjectContrast } from '../src/checks/two-object-contrast.ts'
import { pointingGame } from '../src/localisation/pointing.ts'
import { resizePlane } from '../src/similarity/upsample.ts'
import { constant } from './explainers.ts'
import { fourBlocks, images, rowsOf, SIDE, study, type Explainer } from './harness.ts'

const pixels = SIDE * SIDE
/** Left and right half of the image. */
const left = Uint8Array.from({ length: pixels }, (_, i) => (i % SIDE < SIDE / 2 ? 1 : 0))
const right = left.map((value) => 1 - value)

function scenes(count: number, changes: Partial<CheckImage> = {}): CheckImage[] {
  return images(count).map((image) => ({
    ...image,
    labels: [0, 1],
    label: 0,
    masks: [left, right],
    ...changes,
  }))
}

const onLeft: Explainer = () => Float32Array.from(left, (value) => value + 0)
const onRight: Explainer = () => Float32Array.from(right, (value) => value + 0)
/** Positive on the object that is asked for, negative on the other. */
const tells: Explainer = (_image, { target }) =>
  Float32Array.from(target.policy === 'label' && target.index === 1 ? right : left, (value) => 2 * value - 1)

function valueOf(rows: Awaited<ReturnType<typeof rowsOf>>, metric: string) {
  return rows.find((row) => row.metric === metric)!.value
}

describe('localisation', () => {
  test('a map on the object reaches the best values, a map beside it the worst', async () => {
    const metrics = ['pointing-game', 'relevance-rank', 'relevance-mass', 'relevance-mass-signed']
    const best = await rowsOf(localisation, { onLeft }, { images: scenes(1), options: { tolerance: 0 } })
    const least = await rowsOf(localisation, { onRight }, { images: scenes(1), options: { tolerance: 0 } })
    expect(metrics.map((metric) => valueOf(best, metric))).toEqual([1, 1, 1, 1])
    expect(metrics.map((metric) => valueOf(least, metric))).toEqual([0, 0, 0, 0])
  })

  test('signed mass sees what positive mass ignores', async () => {
    const rows = await rowsOf(localisation, { tells }, { images: scenes(1) })
    expect(valueOf(rows, 'relevance-mass')).toBe(1)
    expect(valueOf(rows, 'relevance-mass-signed')).toBe(0.5)
  })

  test('the pointing game counts a near miss within its tolerance, and shares of ties', () => {
    const mask = Uint8Array.of(1, 0, 0, 0, 0)
    expect(pointingGame(Float32Array.of(0, 0, 1, 0, 0), mask, [1, 5], 1)).toBe(0)
    expect(pointingGame(Float32Array.of(0, 0, 1, 0, 0), mask, [1, 5], 2)).toBe(1)
    expect(pointingGame(Float32Array.of(1, 0, 0, 0, 1), mask, [1, 5], 0)).toBe(0.5)
  })

  test('a mask of another size is an error that names the image', async () => {
    const run = rowsOf(localisation, { onLeft }, { images: scenes(1, { masks: [new Uint8Array(7)] }) })
    await expect(run).rejects.toThrow(/image-000 has 7 pixels/)
  })

  test.each([
    ['a mask without pixels', { masks: [new Uint8Array(pixels)] }, 'the mask has no pixel'],
    ['no mask', { masks: [] }, 'the image has no mask'],
  ])('%s is undefined and counted', async (_, changes, note) => {
    const { rows, summary } = await study(localisation, { onLeft }, { images: scenes(2, changes) })
    expect(rows.every((row) => row.status === 'undefined' && row.note === note)).toBe(true)
    expect(summary.findings[0]).toMatchObject({ value: null, images: 0, undefinedCount: 2 })
    expect(summary.notes!.join(' ')).toContain('8 of 8 values are undefined')
  })

  test('a constant map is undefined', async () => {
    const rows = await rowsOf(localisation, { constant }, { images: scenes(1) })
    expect(new Set(rows.map((row) => row.note))).toEqual(new Set(['the map is constant']))
  })
})

describe('two-object contrast', () => {
  test('1 for a map that tells the objects apart, 0 for one that does not', async () => {
    const { summary } = await study(twoObjectContrast, { tells, onLeft }, { images: scenes(8) })
    const value = (variant: string, metric: string) =>
      summary.findings.find((finding) => finding.variant === variant && finding.metric === metric)!.value
    expect(value('tells', 'mass-contrast-positive')).toBe(1)
    expect(value('tells', 'mass-contrast-signed')).toBe(1)
    expect(value('onLeft', 'mass-contrast-positive')).toBe(0)
    expect(value('onLeft', 'mass-contrast-signed')).toBe(0)
  })

  test('an image with one object is undefined', async () => {
    const rows = await rowsOf(twoObjectContrast, { tells }, { images: scenes(1, { labels: [0] }) })
    expect(rows[0]).toMatchObject({ value: null, note: 'the image has one object only' })
  })
})

describe('grid pointing game', () => {
  test('relevance in the left half lies in the left cells', async () => {
    const rows = await rowsOf(gridPointingGame, { onLeft }, { images: images(4) })
    const first = rows.filter((row) => row.metric === 'grid-pointing' && row.image === 'image-000')
    expect(first.map((row) => row.value)).toEqual([0.5, 0, 0.5, 0])
  })

  test.each([
    ['too few images', images(3), 'the group has fewer images than the grid has cells'],
    [
      'one class everywhere',
      images(4).map((image) => ({ ...image, label: 2 })),
      'another cell shows the same class',
    ],
  ])('%s is undefined', async (_, some, note) => {
    const rows = await rowsOf(gridPointingGame, { onLeft }, { images: some })
    expect(new Set(rows.map((row) => row.note))).toEqual(new Set([note]))
  })
})

describe('which class a cell of the grid shows', () => {
  async function notesFor(targets: readonly number[], label: (image: number) => number | undefined) {
    const some = images(4).map(({ id, input }, i) => {
      const own = label(i)
      return { id, input, ...(own !== undefined && { label: own }) }
    })
    const conditions = gridPointingGame.conditions({ model: fourBlocks, images: 4, options: { size: 2 } })
    const rows = await gridPointingGame.score({
      variant: 'onLeft',
      group: { index: 0, images: some, shape: [1, SIDE, SIDE] },
      conditions,
      options: { size: 2 },
      rng: createRandom,
      maps: async () => ({
        data: Float32Array.from({ length: 4 * pixels }, (_, i) => left[i % pixels]!),
        shape: [4, 1, SIDE, SIDE],
        targets,
      }),
      predict: () => Promise.reject(new Error('this test has no model')),
    })
    const first = rows.filter(({ metric, condition }) => metric === 'grid-pointing' && condition === 'grid:0')
    return first.map(({ note }) => note)
  }
  const twice = 'another cell shows the same class'

  test('is the predicted one: images without labels are held against each other too', async () => {
    expect(await notesFor([2, 5, 2, 1], () => undefined)).toEqual([twice, undefined, twice, undefined])
  })

  test('labels say nothing where predictions differ', async () => {
    expect(await notesFor([2, 5, 3, 1], () => 7)).toEqual([undefined, undefined, undefined, undefined])
  })
})

test('bilinear interpolation with half-pixel centres: scipy.ndimage.zoom(order=1, grid_mode=True, mode="nearest"), SciPy 1.17.1', () => {
  const plane = { data: Float32Array.of(1, 2, 3, 5), height: 2, width: 2 }
  expect(Array.from(resizePlane(plane, 3, 4).data).map((value) => +value.toFixed(5))).toEqual([
    1, 1.25, 1.75, 2, 2, 2.375, 3.125, 3.5, 3, 3.5, 4.5, 5,
  ])
})
