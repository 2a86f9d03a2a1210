import { type FloatTensor, tensor } from '@saliency/core'

/** The signed sum over channels, `[n, 1, h, w]`, where it was not taken inside the graph. */
export function sumChannels({ data, shape }: FloatTensor): FloatTensor {
  const [n = 0, c = 1, h = 1, w = 1] = shape
  if (c === 1) return tensor(data, [n, 1, h, w])
  const size = h * w
  const result = new Float32Array(n * size)
  for (let image = 0; image < n; image++) {
    for (let channel = 0; channel < c; channel++) {
      const from = (image * c + channel) * size
      for (let i = 0; i < size; i++) result[image * size + i]! += data[from + i]!
    }
  }
  return tensor(result, [n, 1, h, w])
}
