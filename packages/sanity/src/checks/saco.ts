import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { descending } from '../faithfulness/order.ts'
import { classScores } from '../faithfulness/predictions.ts'
import { scoreImages } from '../faithfulness/score-images.ts'
import { substrateOf, substrates } from '../faithfulness/substrate.ts'
import { noValue, type Measured } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'

const options = {
  groups: {
    type: 'integer',
    default: 10,
    minimum: 2,
    maximum: 1000,
    description: 'Groups of pixels of equal rank and equal size; 10 in Wu et al.',
  },
  substrate: {
    type: 'choice',
    choices: substrates,
    default: 'mean',
    description: "What stands where a group is removed; Wu et al. take the image's mean.",
  },
} as const satisfies OptionSpecs

/** The group of every pixel: pixels of the highest values are in group 0; sizes differ by at most one. */
function groupsOf(order: Uint32Array, count: number): Uint32Array {
  const groups = new Uint32Array(order.length)
  order.forEach((pixel, place) => (groups[pixel] = Math.floor((place * count) / order.length)))
  return groups
}

/**
 * F = Σ w / Σ |w| over pairs i < j, where w = s_i − s_j counts for the map if Δp_i ≥ Δp_j, and against it otherwise.
 * @param salience s: the map's sum in each group, from the highest group down
 * @param drops Δp: what the probability loses without the group
 */
export function salienceGuidedFaithfulness(salience: ArrayLike<number>, drops: ArrayLike<number>): Measured {
  let [sum, total] = [0, 0]
  for (let i = 0; i < salience.length; i++) {
    for (let j = i + 1; j < salience.length; j++) {
      const weight = salience[i]! - salience[j]!
      sum += drops[i]! >= drops[j]! ? weight : -weight
      total += Math.abs(weight)
    }
  }
  return total > 0 ? sum / total : noValue('all groups of pixels have the same salience')
}

/** SaCo (Wu et al. 2024): are differences of salience differences of influence? In [−1, 1]; random maps score 0. */
export const saco: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'saco',
  title: 'SaCo: salience-guided faithfulness',
  references: [
    'Wu, Kang, Tang, Hong, Yan 2024, On the Faithfulness of Vision Transformer Explanations, section 3, CVPR 2024, arXiv:2404.01415',
  ],
  better: { saco: 'higher' },
  options,
  conditions: () => [original],
  score(context) {
    const { groups: count, substrate } = context.options
    const protocol = { groups: count, substrate, score: 'softmax probability' }
    return scoreImages(context, protocol, ['saco'], async (scored) => {
      const { image, shape, plane, target } = scored
      const groups = groupsOf(descending(plane.data, scored.random('ties')), count)
      const replacement = substrateOf(substrate, image.input, shape, scored.random('substrate'))
      const without = Array.from({ length: count }, (_, group) =>
        image.input.map((value, i) => (groups[i % groups.length] === group ? replacement[i]! : value)),
      )
      const { probabilities } = await classScores(context.predict, [image.input, ...without], target)
      const salience = new Float64Array(count)
      groups.forEach((group, pixel) => (salience[group]! += plane.data[pixel]!))
      const drops = probabilities.subarray(1).map((value) => probabilities[0]! - value)
      return { saco: salienceGuidedFaithfulness(salience, drops) }
    })
  },
  ...meansByVariant([
    'From −1 to 1, higher is better. A random map scores 0 on average; a map whose salience misleads scores below it.',
  ]),
})
