import type { Random } from '@saliency/core'
import { CANVAS_SIZE, type Canvas, type Region } from './canvas.ts'
import { randomColour } from './colour.ts'
import { drawLayer, type Layer } from './layer.ts'

/**
 * Draws things that belong to no class: strokes, open angles and specks, too thin or too small to be an object.
 * They are drawn before the objects, so they never cover one.
 * @returns what each of them covers
 */
export function drawClutter(canvas: Canvas, random: Random): Layer[] {
  const count = random.integer(2, 6)
  return Array.from({ length: count }, () => {
    const kind = random.integer(0, 2)
    const colour = randomColour(random)
    return drawLayer(canvas, CLUTTER[kind]?.(random) ?? [], () => colour)
  })
}

const anywhere = (random: Random) => random.uniform() * CANVAS_SIZE

const CLUTTER: readonly ((random: Random) => Region[])[] = [stroke, openAngle, specks]

/** One straight stroke, 8 to 28 pixels long and 1 to 3 wide. */
function stroke(random: Random): Region[] {
  const [x, y] = [anywhere(random), anywhere(random)]
  const angle = random.uniform() * 2 * Math.PI
  const length = 8 + 20 * random.uniform()
  return [segment(x, y, x + length * Math.cos(angle), y + length * Math.sin(angle), 1 + 2 * random.uniform())]
}

/** Two strokes that share an end, 35° to 145° apart. */
function openAngle(random: Random): Region[] {
  const [x, y] = [anywhere(random), anywhere(random)]
  const first = random.uniform() * 2 * Math.PI
  const second = first + 0.6 + 1.9 * random.uniform()
  const [length, width] = [6 + 10 * random.uniform(), 1 + 1.5 * random.uniform()]
  return [first, second].map((angle) =>
    segment(x, y, x + length * Math.cos(angle), y + length * Math.sin(angle), width),
  )
}

/** A handful of specks at most 4 pixels across. */
function specks(random: Random): Region[] {
  const [x, y] = [anywhere(random), anywhere(random)]
  return Array.from({ length: random.integer(2, 5) }, () => {
    const [dx, dy] = [7 * random.normal(), 7 * random.normal()]
    return segment(x + dx, y + dy, x + dx + 0.01, y + dy, 1.5 + 2.5 * random.uniform())
  })
}

/** The points within half of `width` of the segment from (x0, y0) to (x1, y1). */
function segment(x0: number, y0: number, x1: number, y1: number, width: number): Region {
  const half = width / 2
  const [dx, dy] = [x1 - x0, y1 - y0]
  const squared = dx * dx + dy * dy
  const contains = (x: number, y: number) => {
    const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / squared))
    const besideX = x - x0 - along * dx
    const besideY = y - y0 - along * dy
    return besideX * besideX + besideY * besideY <= half * half
  }
  const box = [
    Math.min(x0, x1) - half,
    Math.min(y0, y1) - half,
    Math.max(x0, x1) + half,
    Math.max(y0, y1) + half,
  ]
  return { box: box as [number, number, number, number], contains }
}
