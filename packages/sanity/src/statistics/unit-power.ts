import { fewestImages, ONE_IN_FIVE } from './power.ts'
import { criticalT } from './student-t.ts'

/** Mean and variance of values in [0, 1]. */
interface Moments {
  readonly mean: number
  readonly variance: number
}

function momentsOf(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, variance }
}

/** The same values with a share of them replaced by 1, or by 0 where the share is negative: they stay in [0, 1]. */
function tilted({ mean, variance }: Moments, share: number): Moments {
  const [kept, to] = [1 - Math.abs(share), share > 0 ? 1 : 0]
  const square = kept * (variance + mean ** 2) + Math.abs(share) * to
  const moved = kept * mean + Math.abs(share) * to
  return { mean: moved, variance: Math.max(0, square - moved ** 2) }
}

/** Of an interval for so many images: two more values are counted. */
const criticalFor = (images: number) => criticalT(images + 1, 0.05)

/** The centre and half width that `meanInUnit` is expected to give for so many images. */
function expected({ mean, variance }: Moments, images: number, t: number): { centre: number; half: number } {
  const count = images + 2
  const centre = (mean * images + 1) / count
  const squares = images * (variance + (mean - centre) ** 2) + centre ** 2 + (1 - centre) ** 2
  return { centre, half: t * Math.sqrt(squares / (count - 1) / count) }
}

/**
 * The smallest mean of which four of five studies of this size find that it lies above a threshold, in [0, 1]; by the values
 * of this study, some of them replaced by an extreme. Undefined where not even a mean of 1 would be found.
 */
export function findsFrom(values: readonly number[], threshold: number): number | undefined {
  const own = momentsOf(values)
  const t = criticalFor(values.length)
  const isFound = (share: number) => {
    const moments = tilted(own, share)
    const { centre, half } = expected(moments, values.length, t)
    return centre - half - ONE_IN_FIVE * Math.sqrt(moments.variance / values.length) > threshold
  }
  if (!isFound(1)) return undefined
  let [low, high] = [-1, 1]
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2
    if (isFound(middle)) high = middle
    else low = middle
  }
  return tilted(own, high).mean
}

/** How many images it takes, by these values, until the interval leaves out `threshold`; undefined where images do not decide. */
export function imagesToDecideMean(values: readonly number[], threshold: number): number | undefined {
  const own = momentsOf(values)
  const decides = (images: number) => {
    const { centre, half } = expected(own, images, criticalFor(images))
    return Math.abs(centre - threshold) > half
  }
  return fewestImages(values.length, decides)
}
