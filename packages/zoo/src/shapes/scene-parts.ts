import type { DrawnScene, ScenePart } from '@saliency/core'
import { fitRaster, normaliseRaster, type Preprocess } from '@saliency/images'
import type { Layer } from './layer.ts'
import type { Scene } from './scene.ts'

/** Below this, a pixel that scaling mixed a part into is as good as free of it. */
const TRACE = 1e-3

/** Values `[h, w, 3]` as the network takes them, `[c, h, w]`, at its input's size. */
function preprocessed(data: Float32Array, size: number, preprocess: Preprocess): Float32Array {
  return normaliseRaster(fitted(data, size, preprocess), preprocess).data
}

function fitted(data: Float32Array, size: number, preprocess: Preprocess) {
  return fitRaster({ height: size, width: size, data, maximum: 1 }, preprocess)
}

/** A layer at the input's size: colours are scaled by what they cover, so that none mixes with what lies beside it. */
function partOf(layer: Layer, size: number, preprocess: Preprocess): Omit<ScenePart, 'name' | 'label'> {
  const [covered, coloured] = [new Float32Array(size * size * 3), new Float32Array(size * size * 3)]
  for (const [pixel, { coverage, colour }] of layer) {
    covered.fill(coverage, pixel * 3, pixel * 3 + 3)
    coloured.set(
      colour.map((value) => value * coverage),
      pixel * 3,
    )
  }
  const { data: shares } = fitted(covered, size, preprocess)
  const { data, height, width } = fitted(coloured, size, preprocess)
  const places = Array.from({ length: height * width }, (_, place) => place)
  const pixels = Uint32Array.from(places.filter((place) => shares[3 * place]! > TRACE))
  const coverage = Float32Array.from(pixels, (pixel) => Math.min(1, shares[3 * pixel]!))
  const own = Float32Array.from({ length: pixels.length * 3 }, (_, at) => {
    const pixel = pixels[Math.floor(at / 3)]!
    return data[3 * pixel + (at % 3)]! / shares[3 * pixel]!
  })
  const row = { height: 1, width: pixels.length, data: own, maximum: 1 }
  return { pixels, coverage, colours: normaliseRaster(row, preprocess).data }
}

/** How a procedural image was drawn, at the size and in the units of a network's input. */
export function drawnScene({ size, behind, clutter, objects }: Scene, preprocess: Preprocess): DrawnScene {
  const extreme = (value: number) => {
    const pixel = { height: 1, width: 1, data: new Float32Array(3).fill(value), maximum: 1 }
    return [...normaliseRaster(pixel, preprocess).data]
  }
  return {
    behind: preprocessed(behind, size, preprocess),
    parts: [
      ...clutter.map((layer, at) => ({ name: `clutter ${at + 1}`, ...partOf(layer, size, preprocess) })),
      ...objects.map(({ name, label, layer }) => ({ name, label, ...partOf(layer, size, preprocess) })),
    ],
    range: { low: extreme(0), high: extreme(1) },
  }
}
