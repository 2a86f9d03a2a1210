import { createRandom, type Random } from '@saliency/core'
import { randomBackground, type BackgroundKind } from './background.ts'
import { createCanvas, fillCanvas, toBytes, type Canvas, type Region } from './canvas.ts'
import { drawClutter } from './clutter.ts'
import { contrastingColour, type Colour } from './colour.ts'
import { drawLayer, type Layer } from './layer.ts'
import { OUTLINES, SHAPE_CLASSES, type ShapeClass } from './outline.ts'
import { randomPlacements, type Placement } from './placement.ts'

/** Which procedural image to draw. */
export interface SceneKey {
  /** Any number: images of different seeds share nothing. */
  readonly seed: number
  /** 0, 1, 2, …: the place in the unlimited sequence of this seed. */
  readonly index: number
  /** Objects in the image. */
  readonly objects: 1 | 2
}

/** One object of a procedural image, with all that is true about it. */
export interface SceneObject {
  readonly name: ShapeClass
  /** Index into {@link SHAPE_CLASSES}. */
  readonly label: number
  readonly placement: Placement
  readonly colour: Colour
  /** `[h, w]`, 1 where at least half of the pixel is covered by the object. */
  readonly mask: Uint8Array
  readonly layer: Layer
}

/** A procedural image and the truth about it. */
export interface Scene {
  readonly size: number
  /** `[h, w, 3]` bytes, RGB. */
  readonly pixels: Uint8Array
  readonly objects: readonly SceneObject[]
  readonly background: BackgroundKind
  /** What lies behind everything, `[h, w, 3]`, in [0, 1]. */
  readonly behind: Float32Array
  /** Things that belong to no class, drawn before the objects. */
  readonly clutter: readonly Layer[]
}

/** Least distance, in the RGB cube, between an object's colour and both colours of the background. */
const CONTRAST = 0.45

/**
 * Draws one image. Class, place, background, colour and clutter come from streams of their own, keyed by seed and
 * index, so they are independent of each other: nothing but the outline tells the class.
 */
export function drawScene({ seed, index, objects }: SceneKey): Scene {
  const stream = (purpose: string) => createRandom(seed, 'shapes', objects, index, purpose)
  const canvas = createCanvas()
  const background = randomBackground(stream('background'))
  fillCanvas(canvas, background.paint)
  const behind = canvas.data.slice()
  const clutter = drawClutter(canvas, stream('clutter'))
  const colours = stream('colour')
  const placements = randomPlacements(stream('place'), objects)
  const drawn = sceneLabels({ seed, index, objects }).map((label, position) => {
    const colour = contrastingColour(colours, background.colours, CONTRAST)
    return drawObject(canvas, label, placements[position] as Placement, colour, colours)
  })
  const pixels = toBytes(canvas)
  return { size: canvas.size, pixels, objects: drawn, background: background.kind, behind, clutter }
}

/**
 * The classes in one image, without drawing it. Each run of eight images from a multiple of eight holds every class
 * once as its first object; the second object, if any, is of another class, uniformly.
 */
export function sceneLabels({ seed, index, objects }: SceneKey): readonly number[] {
  const count = SHAPE_CLASSES.length
  const block = Math.floor(index / count)
  const order = createRandom(seed, 'shapes', objects, 'labels', block).shuffle([...SHAPE_CLASSES.keys()])
  const first = order[index % count] as number
  if (objects === 1) return [first]
  const step = createRandom(seed, 'shapes', objects, index, 'second label').integer(1, count - 1)
  return [first, (first + step) % count]
}

/** Draws the object with a shading of its own and returns what is true about it. */
function drawObject(
  canvas: Canvas,
  label: number,
  placement: Placement,
  colour: Colour,
  random: Random,
): SceneObject {
  const name = SHAPE_CLASSES[label] as ShapeClass
  const mask = new Uint8Array(canvas.size * canvas.size)
  const [slopeX, slopeY] = [0.12 * (2 * random.uniform() - 1), 0.12 * (2 * random.uniform() - 1)]
  const layer = drawLayer(canvas, [objectRegion(name, placement)], (x, y) => {
    const shade = (slopeX * (x - placement.x) + slopeY * (y - placement.y)) / placement.radius
    return [colour[0] + shade, colour[1] + shade, colour[2] + shade]
  })
  for (const [pixel, { coverage }] of layer) if (coverage >= 0.5) mask[pixel] = 1
  return { name, label, placement, colour, mask, layer }
}

/** The object's outline, scaled, rotated and moved to its place. */
function objectRegion(name: ShapeClass, { x, y, radius, rotation }: Placement): Region {
  const [cos, sin] = [Math.cos(rotation) / radius, Math.sin(rotation) / radius]
  const outline = OUTLINES[name]
  // Half of the box around the outline's own square as it stands rotated, and a little more.
  const reach = 1.01 * radius ** 2 * (Math.abs(cos) + Math.abs(sin))
  return {
    box: [x - reach, y - reach, x + reach, y + reach],
    contains: (px, py) => outline(cos * (px - x) + sin * (py - y), cos * (py - y) - sin * (px - x)),
  }
}
