import type { Colour } from './colour.ts'

/** Width and height of a procedural image, in pixels. */
export const CANVAS_SIZE = 64

/** Colours of a square image, `[h, w, 3]`, each in [0, 1]. */
export interface Canvas {
  readonly size: number
  readonly data: Float32Array
}

/** A black canvas of {@link CANVAS_SIZE}. */
export function createCanvas(): Canvas {
  return { size: CANVAS_SIZE, data: new Float32Array(CANVAS_SIZE * CANVAS_SIZE * 3) }
}

/** Sets every pixel to the colour that `paint` gives for its centre, in pixels. */
export function fillCanvas(canvas: Canvas, paint: (x: number, y: number) => Colour): void {
  for (let y = 0; y < canvas.size; y++) {
    for (let x = 0; x < canvas.size; x++) {
      const at = (y * canvas.size + x) * 3
      const colour = paint(x + 0.5, y + 0.5)
      canvas.data[at] = colour[0]
      canvas.data[at + 1] = colour[1]
      canvas.data[at + 2] = colour[2]
    }
  }
}

/** A part of the plane, and a box `[left, top, right, bottom]` in pixels that contains it. */
export interface Region {
  readonly box: readonly [number, number, number, number]
  contains(x: number, y: number): boolean
}

/** Sub-pixel offsets of the 4×4 samples that estimate how much of a pixel a region covers. */
const OFFSETS = [0.125, 0.375, 0.625, 0.875]

/** Calls `visit` for every pixel that `region` touches with the covered share of that pixel, in (0, 1]. */
export function forEachCovered(
  canvas: Canvas,
  region: Region,
  visit: (pixel: number, coverage: number, x: number, y: number) => void,
): void {
  const [left, top, right, bottom] = region.box
  const last = canvas.size - 1
  for (let y = Math.max(0, Math.floor(top)); y <= Math.min(last, Math.ceil(bottom)); y++) {
    for (let x = Math.max(0, Math.floor(left)); x <= Math.min(last, Math.ceil(right)); x++) {
      let hits = 0
      for (const dy of OFFSETS) for (const dx of OFFSETS) if (region.contains(x + dx, y + dy)) hits++
      if (hits > 0) visit(y * canvas.size + x, hits / 16, x + 0.5, y + 0.5)
    }
  }
}

/** Mixes `colour` into one pixel with the given weight in [0, 1]. */
export function blend(canvas: Canvas, pixel: number, colour: Colour, weight: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const index = pixel * 3 + channel
    const old = canvas.data[index] as number
    canvas.data[index] = old + weight * ((colour[channel] as number) - old)
  }
}

/** Rounds to bytes, `[h, w, 3]`, values in 0..255. */
export function toBytes({ data }: Canvas): Uint8Array {
  const bytes = new Uint8Array(data.length)
  // An index takes a fifth of what `Uint8Array.from` does.
  for (let i = 0; i < data.length; i++) bytes[i] = Math.round(255 * Math.min(1, Math.max(0, data[i]!)))
  return bytes
}
