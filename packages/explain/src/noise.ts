import { createRandom, type FloatTensor, tensor } from '@saliency/core'
import type { MapRequest } from './map-request.ts'
import { rankedClasses } from './directions.ts'

/** Standard normal numbers, `[n, …rest]`, each row's from the stream that `keyOf` names. */
export function normalFor(
  rows: number,
  rest: readonly number[],
  keyOf: (row: number) => readonly (string | number)[],
): FloatTensor {
  const length = rest.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(rows * length)
  for (let row = 0; row < rows; row++) {
    const random = createRandom(...keyOf(row))
    for (let i = 0; i < length; i++) data[row * length + i] = random.normal()
  }
  return tensor(data, [rows, ...rest])
}

/**
 * Names the samples of one image. They are the same for every class, weight state and variant of a method, from whichever
 * program it runs: what differs between two maps is not the noise.
 */
export function samplesKey(method: string, { ids }: MapRequest, row: number, seed: number) {
  return [seed, 'samples', method, ids[row] as string] as const
}

/**
 * Standard normal noise for one input leaf, `[n, 1, h, w]`: another for each image, class and state of weights and input,
 * so that a map of noise alone has nothing in common with the next.
 */
export function noiseFor(name: string, request: MapRequest, seed: number): FloatTensor {
  const { images, directions, ids, state = 'original' } = request
  const classes = Number(directions.shape[1])
  const classOf = (row: number) =>
    rankedClasses(directions.data.subarray(row * classes, (row + 1) * classes))[0] as number
  const keyOf = (row: number) => [seed, 'noise', name, ids[row] as string, state, classOf(row)]
  return normalFor(ids.length, [1, ...images.shape.slice(2)], keyOf)
}
