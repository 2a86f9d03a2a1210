import { createRandom, type FloatTensor, tensor } from '@saliency/core'
import type { MapRequest } from './map-request.ts'

/** Standard normal numbers, `[n, …rest]`, each image's from the stream that `keyOf` names. */
export function normalFor(
  ids: readonly string[],
  rest: readonly number[],
  keyOf: (id: string) => readonly (string | number)[],
): FloatTensor {
  const length = rest.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(ids.length * length)
  ids.forEach((id, row) => {
    const random = createRandom(...keyOf(id))
    for (let i = 0; i < length; i++) data[row * length + i] = random.normal()
  })
  return tensor(data, [ids.length, ...rest])
}

/** Standard normal noise for one input leaf, `[n, 1, h, w]`, each image from its own stream. */
export function noiseFor(name: string, request: MapRequest, seed: number): FloatTensor {
  const { images, ids, condition } = request
  return normalFor(ids, [1, ...images.shape.slice(2)], (id) => [seed, 'noise', name, id, condition])
}
