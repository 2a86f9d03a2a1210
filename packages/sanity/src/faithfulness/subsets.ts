import type { Predict } from '@saliency/core'
import { noValue, type Measured } from '../metrics/image-rows.ts'
import { centre, correlation } from '../similarity/correlation.ts'
import { isUndefined } from '../similarity/plane.ts'
import { classScores } from './predictions.ts'
import type { ScoredImage } from './score-images.ts'

/** Random subsets of pixels, and what removing each does. */
export interface SubsetSettings {
  /** Pixels in a subset. */
  readonly size: number
  readonly subsets: number
  /** `[c, h, w]` */
  readonly substrate: Float32Array
}

/** `size` different positions below `count`. */
function draw(count: number, size: number, integer: (low: number, high: number) => number): Uint32Array {
  const positions = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = 0; i < size; i++) {
    const other = integer(i, count - 1)
    const kept = positions[i]!
    positions[i] = positions[other]!
    positions[other] = kept
  }
  return positions.subarray(0, size)
}

/**
 * Pearson correlation, over random subsets S of pixels, between Σ of the map over S and the drop of the logit when S is
 * replaced. Every subset is drawn anew (not the top-ranked ones), so that it tests all of the map.
 */
export async function subsetCorrelation(
  scored: ScoredImage,
  predict: Predict,
  settings: SubsetSettings,
): Promise<Measured> {
  const { image, plane, target } = scored
  const pixels = plane.data.length
  const { integer } = scored.random(`subsets of ${settings.size}`)
  const inputs = [image.input]
  const sums = new Float64Array(settings.subsets)
  for (let subset = 0; subset < settings.subsets; subset++) {
    const input = Float32Array.from(image.input)
    for (const at of draw(pixels, settings.size, integer)) {
      sums[subset]! += plane.data[at]!
      for (let i = at; i < input.length; i += pixels) input[i] = settings.substrate[i]!
    }
    inputs.push(input)
  }
  const { logits } = await classScores(predict, inputs, target)
  const drops = Float32Array.from({ length: settings.subsets }, (_, i) => logits[0]! - logits[i + 1]!)
  if (isUndefined(drops)) return noValue('removing pixels does not change the logit')
  const [a, b] = [centre(sums), centre(Float64Array.from(drops))]
  return a && b ? correlation(a, b) : noValue('every subset has the same sum')
}
