import { createRandom, type FloatTensor, tensor } from '@saliency/core'
import type { MapRequest } from './map-session.ts'

/** Standard normal noise for one input leaf, `[n, c, h, w]`, each image from its own stream. */
export function noiseFor(name: string, request: MapRequest, seed: number): FloatTensor {
  const { images, ids, condition } = request
  const length = images.data.length / ids.length
  const data = new Float32Array(images.data.length)
  ids.forEach((id, row) => {
    const random = createRandom(seed, 'noise', name, id, condition)
    for (let i = 0; i < length; i++) data[row * length + i] = random.normal()
  })
  return tensor(data, images.shape)
}
