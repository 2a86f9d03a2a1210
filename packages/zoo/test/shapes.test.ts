import { createRandom, partsSeen, redrawn } from '@saliency/core'
import type { Preprocess } from '@saliency/images'
import { describe, expect, it } from 'vitest'
import { drawScene, SHAPE_CLASSES, shapeImages } from '../src/index.ts'

const plain: Preprocess = {
  input: { height: 64, width: 64, channels: 'RGB', range: [0, 1] },
  mean: [0, 0, 0],
  std: [1, 1, 1],
}
const COUNT = 800
const scenes = Array.from({ length: COUNT }, (_, index) => drawScene({ seed: 7, index, objects: 1 }))
const labels = scenes.map((scene) => scene.objects[0]!.label)

/** Share of the variance of `values` that the groups explain (η²); without dependence about (groups − 1)/(n − 1). */
function explainedVariance(values: readonly number[], groups: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const overall = mean(values)
  const total = values.reduce((sum, value) => sum + (value - overall) ** 2, 0)
  const between = [...new Set(groups)].reduce((sum, group) => {
    const members = values.filter((_, index) => groups[index] === group)
    return sum + members.length * (mean(members) - overall) ** 2
  }, 0)
  return between / total
}

/** Permutation test: share of 200 permutations of the labels that explain at least as much. */
function permutationP(values: readonly number[]): number {
  const observed = explainedVariance(values, labels)
  const random = createRandom('independence')
  const more = Array.from({ length: 200 }, () => explainedVariance(values, random.shuffle(labels)))
  return (1 + more.filter((value) => value >= observed).length) / 201
}

describe('procedural shapes', () => {
  it('draws the same image for the same key and another for any other', () => {
    const first = drawScene({ seed: 7, index: 3, objects: 1 })
    expect(first).toEqual(scenes[3])
    expect(drawScene({ seed: 8, index: 3, objects: 1 }).pixels).not.toEqual(first.pixels)
    expect(drawScene({ seed: 7, index: 1_000_003, objects: 1 }).pixels).not.toEqual(first.pixels)
  })

  it('holds every class once in each run of eight', () => {
    for (let start = 0; start < COUNT; start += 8) {
      expect(labels.slice(start, start + 8).toSorted()).toEqual([...SHAPE_CLASSES.keys()])
    }
  })

  it.each<[string, (index: number) => number]>([
    ['place, horizontally', (index) => scenes[index]!.objects[0]!.placement.x],
    ['place, vertically', (index) => scenes[index]!.objects[0]!.placement.y],
    ['size', (index) => scenes[index]!.objects[0]!.placement.radius],
    ['rotation', (index) => scenes[index]!.objects[0]!.placement.rotation],
    ['red', (index) => scenes[index]!.objects[0]!.colour[0]],
    ['green', (index) => scenes[index]!.objects[0]!.colour[1]],
    ['blue', (index) => scenes[index]!.objects[0]!.colour[2]],
    ['stripes in the background', (index) => Number(scenes[index]!.background === 'stripes')],
    ['checks in the background', (index) => Number(scenes[index]!.background === 'checks')],
    ['amount of clutter', (index) => scenes[index]!.clutter.length],
    ['brightness outside the object', (index) => outsideMean(index)],
  ])('keeps the %s independent of the class', (_, measure) => {
    const values = scenes.map((__, index) => measure(index))
    expect(new Set(values).size).toBeGreaterThan(1)
    expect(permutationP(values)).toBeGreaterThan(0.005)
  })

  it('has a test of independence that notices a dependence', () => {
    const leaking = scenes.map((scene, index) => scene.objects[0]!.placement.x + 2 * labels[index]!)
    expect(permutationP(leaking)).toBeLessThan(0.01)
  })

  it('puts the object where the mask says, in a colour unlike the background', () => {
    for (const { objects, size, pixels } of scenes.slice(0, 64)) {
      const { mask, placement, colour } = objects[0]!
      const covered = [...mask.keys()].filter((pixel) => mask[pixel] === 1)
      expect(covered.length).toBeGreaterThan(60)
      for (const pixel of covered) {
        const [x, y] = [pixel % size, Math.floor(pixel / size)]
        expect(Math.hypot(x + 0.5 - placement.x, y + 0.5 - placement.y)).toBeLessThan(
          placement.radius * 1.25 + 1,
        )
      }
      const mean = [0, 1, 2].map(
        (channel) =>
          covered.reduce((sum, pixel) => sum + pixels[pixel * 3 + channel]!, 0) / covered.length / 255,
      )
      expect(Math.hypot(...mean.map((value, channel) => value - colour[channel]!))).toBeLessThan(0.2)
    }
  })

  it('draws two objects of two classes that do not overlap', () => {
    const seconds = new Set<number>()
    for (let index = 0; index < 64; index++) {
      const { objects } = drawScene({ seed: 7, index, objects: 2 })
      const [first, second] = [objects[0]!, objects[1]!]
      expect(first.label).not.toBe(second.label)
      expect(first.mask.some((value, pixel) => value === 1 && second.mask[pixel] === 1)).toBe(false)
      expect(second.mask.some((value) => value === 1)).toBe(true)
      seconds.add((second.label - first.label + 8) % 8)
    }
    expect(seconds.size).toBe(7)
  })
})

describe('shapeImages', () => {
  it('gives the images of the sequence, preprocessed, with labels and masks', async () => {
    const set = shapeImages({ seed: 7, count: 16 })
    const { input, masks, record, pixels } = await set.load(5, plain)
    expect(set.classes).toEqual(SHAPE_CLASSES)
    expect(record).toMatchObject({ id: 'shape-7-00005', label: labels[5], maskCount: 1 })
    expect(pixels).toEqual(scenes[5]!.pixels)
    expect(masks).toEqual([{ label: labels[5], data: scenes[5]!.objects[0]!.mask }])
    expect(input.shape).toEqual([1, 3, 64, 64])
    expect(input.data[64 * 64 + 7]).toBeCloseTo(scenes[5]!.pixels[7 * 3 + 1]! / 255, 6)
  })

  it('lists both classes of a pair and scales masks along with the image', async () => {
    const set = shapeImages({ seed: 7, count: 2, objects: 2 })
    const half = { ...plain, input: { ...plain.input, height: 32, width: 32 } }
    const { masks, record, input } = await set.load(1, half)
    expect(record.labels).toEqual(masks.map((mask) => mask.label))
    expect(input.shape).toEqual([1, 3, 32, 32])
    expect(masks[1]!.data.length).toBe(32 * 32)
  })

  it('draws a scene again as data: with all parts the image, and without one what lies behind it', async () => {
    for (const index of [0, 5, 9]) {
      const { input, scene, masks } = await shapeImages({ seed: 7, count: 16, objects: 2 }).load(index, plain)
      const all = redrawn(scene!, new Set())
      // Pixels are bytes: half a level is lost in the picture.
      all.forEach((value, at) => expect(Math.abs(value - input.data[at]!)).toBeLessThan(0.51 / 255))
      const object = scene!.parts.findLastIndex(({ label }) => label === masks[1]!.label)
      const without = redrawn(scene!, new Set([object]))
      const touched = new Set(scene!.parts[object]!.pixels)
      const changed = [...without.keys()].filter((at) => Math.abs(without[at]! - all[at]!) > 0.02)
      expect(changed.length).toBeGreaterThan(100)
      expect(changed.every((at) => touched.has(at % (64 * 64)))).toBe(true)
      const seen = partsSeen(scene!)
      masks[1]!.data.forEach((inside, pixel) => expect(seen[pixel] === object).toBe(inside === 1))
    }
  })

  it('scales parts along with the image', async () => {
    const half = { ...plain, input: { ...plain.input, height: 32, width: 32 } }
    const { input, scene } = await shapeImages({ seed: 7, count: 1 }).load(0, half)
    const all = redrawn(scene!, new Set())
    const errors = Array.from(all, (value, at) => Math.abs(value - input.data[at]!))
    expect(Math.max(...errors)).toBeLessThan(0.15)
    expect(errors.reduce((a, b) => a + b, 0) / errors.length).toBeLessThan(0.003)
  })

  it.each([
    { count: 0, seed: 1 },
    { count: 2.5, seed: 1 },
    { count: 3, seed: Number.NaN },
  ])('refuses %o', (wrong) => {
    expect(() => shapeImages(wrong)).toThrowError(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})

/** Mean brightness of the pixels that are not the object's. */
function outsideMean(index: number): number {
  const { pixels, objects } = scenes[index]!
  const outside = [...objects[0]!.mask.keys()].filter((pixel) => objects[0]!.mask[pixel] === 0)
  return outside.reduce((sum, pixel) => sum + pixels[pixel * 3]!, 0) / outside.length
}
