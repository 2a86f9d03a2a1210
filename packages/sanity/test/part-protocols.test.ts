import {
  type CheckImage,
  createRandom,
  type DrawnScene,
  type Predict,
  redrawn,
  type ScenePart,
} from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { partProtocols } from '../src/checks/part-protocols.ts'
import { type Explainer, images, rowsOf, SIDE } from './harness.ts'

const CLASSES = 6

/** A bright rectangle of height 3: what an object is, or a thing of no class. */
function part(name: string, left: number, top: number, width: number, label?: number): ScenePart {
  const pixels = Uint32Array.from({ length: 3 * width }, (_, at) => {
    return (top + Math.floor(at / width)) * SIDE + left + (at % width)
  })
  const full = new Float32Array(pixels.length).fill(1)
  return { name, ...(label !== undefined && { label }), pixels, coverage: full, colours: full }
}

/** Two objects, of the image's class and of the next one, and two things that no class has. */
function sceneOf(label: number): DrawnScene {
  return {
    behind: new Float32Array(SIDE * SIDE),
    parts: [
      part('thing 1', 0, 0, 3),
      part('thing 2', 6, 0, 4),
      part('object 1', 0, 4, 5, label),
      part('object 2', 6, 4, 5, (label + 1) % CLASSES),
    ],
    range: { low: [0], high: [1] },
  }
}

function sceneImages(count: number, from = 0): CheckImage[] {
  return images(from + count)
    .slice(from)
    .map((image) => {
      const label = image.label!
      const scene = sceneOf(label)
      const labels = [label, (label + 1) % CLASSES]
      return { ...image, labels, scene, input: redrawn(scene, new Set()) }
    })
}

/** A model that knows its scenes: the class of the left object has 2, that of the right one 1, where they are there. */
const predict: Predict = async (inputs) => {
  const size = SIDE * SIDE
  const count = inputs.length / size
  const logits = new Float32Array(count * CLASSES)
  for (let i = 0; i < count; i++) {
    logits[i * CLASSES + current] = 2 * inputs[i * size + 4 * SIDE]!
    logits[i * CLASSES + ((current + 1) % CLASSES)] = inputs[i * size + 4 * SIDE + 6]!
  }
  return { logits, classes: CLASSES }
}
/** The class of the image in question: what a pretended model cannot see in rectangles. */
let current = 0

const PIXELS = Array.from({ length: SIDE * SIDE }, (_, at) => at)

/** Lies on the object of the class explained, and nowhere else. */
const oracle: Explainer = (image, _condition, target) => {
  const own = image.scene!.parts.find(({ label }) => label === target)
  return Float32Array.from(PIXELS, (at) => Number(own?.pixels.includes(at) ?? false))
}

/** Lies on the things of no class. */
const distracted: Explainer = (image) =>
  Float32Array.from(PIXELS, (at) =>
    Number(image.scene!.parts.some(({ label, pixels }) => label === undefined && pixels.includes(at))),
  )

/** Another map for every image and class. */
const random: Explainer = (image, _condition, target) => {
  const stream = createRandom('part protocols', image.id, target)
  return Float32Array.from(PIXELS, () => stream.normal())
}

const one = sceneImages(1, 1)

async function scoresOf(explainer: Explainer): Promise<Record<string, number | null>> {
  current = one[0]!.label!
  const rows = await rowsOf(partProtocols, { 'm/v': explainer }, { images: one, predict })
  return Object.fromEntries(rows.map(({ metric, value }) => [metric, value]))
}

describe('part protocols', () => {
  it('give a map of the object all points', async () => {
    expect(await scoresOf(oracle)).toEqual({
      'part-deletion': 1,
      'part-preservation': 1,
      // Ranks 1.5 … 4 of importance and of drops: three ties each, in the same places.
      'part-single-deletion': 1,
      'part-target-sensitivity': 1,
      'part-distractibility': 1,
      'background-independence': 1,
    })
  })

  it('give a map of the clutter none, and blame no map for the model', async () => {
    const scores = await scoresOf(distracted)
    expect(scores['part-deletion']).toBe(0)
    expect(scores['part-preservation']).toBe(0)
    expect(scores['part-single-deletion']).toBeLessThan(0.5)
    expect(scores['part-target-sensitivity']).toBe(0)
    // Three parts do not matter: both things and the other object. The map calls two of them important below .43.
    expect(scores['part-distractibility']).toBeCloseTo(
      1 - (2 / 3) * sharesBelow(9 / 21) - (1 / 3) * sharesBetween(9 / 21, 12 / 21),
      10,
    )
    expect(scores['background-independence']).toBe(1)
  })

  it('leave out scenes on which the model itself does not tell the objects apart', async () => {
    const blind: Predict = async (inputs) => {
      const classes = CLASSES
      return { logits: new Float32Array((inputs.length / (SIDE * SIDE)) * classes).fill(1), classes }
    }
    const rows = await rowsOf(partProtocols, { 'm/v': oracle }, { images: one, predict: blind })
    const target = rows.find(({ metric }) => metric === 'part-target-sensitivity')
    expect(target).toMatchObject({ value: null, status: 'undefined' })
    expect(target!.note).toContain("the model's own logits")
  })

  it('say why there is no value: no drawing, a constant map', async () => {
    const [bare] = images(1)
    const none = await rowsOf(
      partProtocols,
      { 'm/v': () => new Float32Array(SIDE * SIDE).fill(1) },
      { images: [bare!], predict },
    )
    expect(new Set(none.map(({ note }) => note))).toEqual(
      new Set(['the image is no drawing that can be repeated without a part']),
    )
    const flat = await rowsOf(
      partProtocols,
      { 'm/v': () => new Float32Array(SIDE * SIDE).fill(1) },
      { images: one, predict },
    )
    expect(new Set(flat.map(({ note }) => note))).toEqual(new Set(['the map is constant']))
  })
})

/** How many of the 80 shares lie below a bound. */
function sharesBelow(bound: number): number {
  return (
    Array.from({ length: 80 }, (_, at) => 0.01 + (0.49 * at) / 79).filter((share) => share < bound).length /
    80
  )
}
function sharesBetween(low: number, high: number): number {
  return sharesBelow(high) - sharesBelow(low)
}

it('a random map has ½ in what has a chance level', async () => {
  current = 0
  const scene = { labels: [0, 1], label: 0, scene: sceneOf(0) }
  const all = sceneImages(160).map((image) => ({ ...image, ...scene }))
  const rows = await rowsOf(partProtocols, { 'm/v': random }, { images: all, predict })
  for (const metric of ['part-single-deletion', 'part-target-sensitivity']) {
    const values = rows.flatMap((row) => (row.metric === metric && row.value !== null ? [row.value] : []))
    expect(values.length).toBeGreaterThan(150)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
    expect(Math.abs(mean - 0.5)).toBeLessThan(3 * Math.sqrt(variance / values.length))
  }
})
