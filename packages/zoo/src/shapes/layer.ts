import { blend, type Canvas, forEachCovered, type Region } from './canvas.ts'
import type { Colour } from './colour.ts'

/** What one thing covers of a canvas: pixel by pixel the covered share, in (0, 1], and its colour there. */
export type Layer = ReadonlyMap<number, { readonly coverage: number; readonly colour: Colour }>

/**
 * Draws a thing of one or more regions and returns what it covers. Two regions over one pixel hide what lies behind twice.
 * @param colourAt its colour at a place, in pixels
 */
export function drawLayer(
  canvas: Canvas,
  regions: readonly Region[],
  colourAt: (x: number, y: number) => Colour,
): Layer {
  const layer = new Map<number, { coverage: number; colour: Colour }>()
  for (const region of regions)
    forEachCovered(canvas, region, (pixel, coverage, x, y) => {
      const colour = colourAt(x, y)
      blend(canvas, pixel, colour, coverage)
      const before = layer.get(pixel)?.coverage ?? 0
      layer.set(pixel, { coverage: 1 - (1 - before) * (1 - coverage), colour })
    })
  return layer
}
