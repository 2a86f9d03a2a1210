/** The values of a channels-last array `[n, h, w, c]` as `[n, c, h, w]`. */
export function channelsFirst(data: readonly number[], shape: readonly number[]): Float32Array {
  const [n = 1, h = 1, w = 1, c = 1] = shape
  const result = new Float32Array(n * h * w * c)
  for (let image = 0; image < n; image++) {
    for (let place = 0; place < h * w; place++) {
      for (let channel = 0; channel < c; channel++) {
        const value = data[(image * h * w + place) * c + channel] as number
        result[(image * c + channel) * h * w + place] = value
      }
    }
  }
  return result
}

/** The values of an array `[n, c, h, w]` as `[n, h, w, c]`. */
export function channelsLast(data: ArrayLike<number>, shape: readonly number[]): number[] {
  const [n = 1, c = 1, h = 1, w = 1] = shape
  const result: number[] = Array.from({ length: n * c * h * w })
  for (let image = 0; image < n; image++) {
    for (let place = 0; place < h * w; place++) {
      for (let channel = 0; channel < c; channel++) {
        const value = data[(image * c + channel) * h * w + place] as number
        result[(image * h * w + place) * c + channel] = value
      }
    }
  }
  return result
}
