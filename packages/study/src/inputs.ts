import { createRandom, type InputState, withPattern } from '@saliency/core'
import type { CheckImage, ImageGroup } from '@saliency/core'

/** Averages the pixels of each cell of a smaller raster: area sampling, exact for whole factors. */
function shrink(
  source: Float32Array,
  height: number,
  width: number,
  rows: number,
  columns: number,
): Float32Array {
  const result = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = [Math.floor((row * height) / rows), Math.ceil(((row + 1) * height) / rows)]
    for (let column = 0; column < columns; column++) {
      const [left, right] = [
        Math.floor((column * width) / columns),
        Math.ceil(((column + 1) * width) / columns),
      ]
      let sum = 0
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += source[y * width + x]!
      result[row * columns + column] = sum / ((bottom - top) * (right - left))
    }
  }
  return result
}

/**
 * The images, by their places in the group, that lie in the cells of a grid: the one at `position` in cell `cell`, the ones
 * that follow it, cyclically, in the others; a group with fewer images than cells repeats them.
 */
function tilesOf(images: number, position: number, size: number, cell: number): number[] {
  let next = position
  return Array.from({ length: size * size }, (_, place) => {
    if (place !== cell) next += 1
    return (place === cell ? position : next) % images
  })
}

/** The images of a group, by their places, that an input is made from. */
export function sourcesOf(images: number, position: number, state: InputState): readonly number[] {
  return state.kind === 'grid' ? tilesOf(images, position, state.size, state.cell) : [position]
}

/** Tiles `size`×`size` images of the group, each scaled down. */
function grid(group: ImageGroup, position: number, size: number, cell: number): Float32Array {
  const [channels, height, width] = group.shape
  const result = new Float32Array(channels * height * width)
  for (const [place, tile] of tilesOf(group.images.length, position, size, cell).entries()) {
    const image = group.images[tile] as CheckImage
    const row = Math.floor(place / size)
    const column = place % size
    const [top, bottom] = [Math.round((row * height) / size), Math.round(((row + 1) * height) / size)]
    const [left, right] = [Math.round((column * width) / size), Math.round(((column + 1) * width) / size)]
    for (let channel = 0; channel < channels; channel++) {
      const plane = image.input.subarray(channel * height * width, (channel + 1) * height * width)
      const small = shrink(plane, height, width, bottom - top, right - left)
      for (let y = top; y < bottom; y++) {
        const line = small.subarray((y - top) * (right - left), (y - top + 1) * (right - left))
        result.set(line, (channel * height + y) * width + left)
      }
    }
  }
  return result
}

function spanOf(data: Float32Array): number {
  let [low, high] = [Infinity, -Infinity]
  for (const value of data) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high - low
}

/**
 * An image of a group as a condition wants it, `[c, h, w]`; random parts are keyed by image and draw.
 */
export function applyInput(
  group: ImageGroup,
  position: number,
  state: InputState,
  seed: number,
): Float32Array {
  const { id, input } = group.images[position] as CheckImage
  switch (state.kind) {
    case 'original':
      return input
    case 'noise': {
      const random = createRandom(seed, 'input', 'noise', id, state.draw)
      const deviation = state.level * spanOf(input)
      return input.map((value) => value + deviation * random.normal())
    }
    case 'uniform': {
      const random = createRandom(seed, 'input', 'uniform', id, state.draw)
      return input.map((value) => value + state.radius * (2 * random.uniform() - 1))
    }
    case 'shift':
      return input.map((value) => value + state.amount)
    case 'grid':
      return grid(group, position, state.size, state.cell)
    case 'pattern':
      return withPattern(input, group.shape, state.pattern, id)
  }
}
