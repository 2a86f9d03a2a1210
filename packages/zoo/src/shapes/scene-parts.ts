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
    for (let channel = 0; channel < 3; channel++) {
      covered[3 * pixel + channel] = coverage
      coloured[3 * pixel + channel] = colour[channel]! * coverage
    }
  }
  const { data: shares } = fitted(covered, size, preprocess)
  const { data, height, width } = fitted(coloured, size, preprocess)
  const places: number[] = []
  for (let place = 0; place < height * width; place++) if (shares[3 * place]! > TRACE) places.push(place)
  const pixels = Uint32Array.from(places)
  const coverage = new Float32Array(pixels.length)
  const own = new Float32Array(pixels.length * 3)
  pixels.forEach((pixel, at) => {
    const share = shares[3 * pixel]!
    coverage[at] = Math.min(1, share)
    for (let channel = 0; channel < 3; channel++) own[3 * at + channel] = data[3 * pixel + channel]! / share
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
