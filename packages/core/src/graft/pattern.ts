import { createRandom } from '../random.ts'

/** A small square of dark and bright pixels that a study draws into its images, so that it knows where evidence lies. */
export interface Pattern {
  /** Its side in pixels. */
  readonly size: number
  /** A dark and a bright pixel, one number a channel, in preprocessed units. */
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/**
 * The pattern, `[c, size, size]`: half of the pixels bright, in an order that is drawn once for each size. In no such order
 * is the pattern, moved by a pixel, like itself, as a checkerboard is.
 */
export function patternValues({ size, low, high }: Pattern): Float32Array {
  const area = size * size
  const order = createRandom('pattern', size).shuffle([...Array(area).keys()])
  return Float32Array.from({ length: low.length * area }, (_, at) => {
    const isBright = (order[at % area] as number) < area / 2
    return (isBright ? high : low)[Math.floor(at / area)] as number
  })
}

/** Where the pattern lies in an image: drawn from the image's id alone, the same in every study. */
export function patternPlace(
  image: string,
  [, height, width]: readonly [c: number, h: number, w: number],
  { size }: Pick<Pattern, 'size'>,
): { readonly top: number; readonly left: number } {
  const random = createRandom('pattern', image, size)
  return { top: random.integer(0, height - size), left: random.integer(0, width - size) }
}

/** An image `[c, h, w]` with the pattern in its place. */
export function withPattern(
  input: Float32Array,
  shape: readonly [c: number, h: number, w: number],
  pattern: Pattern,
  image: string,
): Float32Array {
  const [channels, height, width] = shape
  const { size } = pattern
  const { top, left } = patternPlace(image, shape, pattern)
  const values = patternValues(pattern)
  const result = input.slice()
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < size; row++) {
      const line = values.subarray((channel * size + row) * size, (channel * size + row + 1) * size)
      result.set(line, (channel * height + top + row) * width + left)
    }
  return result
}
