import { defineCheck, type Check, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import type { Measured } from '../metrics/image-rows.ts'
import { scoreImages } from '../faithfulness/score-images.ts'
import { subsetCorrelation } from '../faithfulness/subsets.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'

const options = {
  sizes: {
    type: 'integer',
    default: 4,
    minimum: 1,
    maximum: 20,
    description: 'Subset sizes, spread logarithmically from 1 % to 80 % of the pixels.',
  },
  subsets: {
    type: 'integer',
    default: 50,
    minimum: 3,
    maximum: 1000,
    description: 'Random subsets per size; 100 in Ancona et al.',
  },
} as const satisfies OptionSpecs

function sharesOf(sizes: number): number[] {
  if (sizes === 1) return [0.1]
  return Array.from({ length: sizes }, (_, i) => 0.01 * 80 ** (i / (sizes - 1)))
}

function nameOf(share: number): string {
  return `sensitivity-n ${(100 * share).toPrecision(2)} %`
}

/** Sensitivity-n (Ancona et al. 2018) with random subsets, as the paper defines it. */
export const sensitivityN: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'sensitivity-n',
  title: 'Sensitivity-n',
  references: [
    'Ancona et al. 2018, Towards Better Understanding of Gradient-based Attribution Methods, section 4, arXiv:1711.06104',
  ],
  options,
  conditions: () => [original],
  score(context) {
    const { sizes, subsets } = context.options
    const shares = sharesOf(sizes)
    const protocol = { subsets, substrate: 'zero', score: 'logit' }
    return scoreImages(context, protocol, shares.map(nameOf), async (scored) => {
      const substrate = new Float32Array(scored.image.input.length)
      const result: Record<string, Measured> = {}
      for (const share of shares) {
        const size = Math.max(1, Math.round(share * scored.plane.data.length))
        result[nameOf(share)] = await subsetCorrelation(scored, context.predict, { size, subsets, substrate })
      }
      return result
    })
  },
  ...meansByVariant(['Correlation of summed relevance and drop of the logit: 1 is best, 0 is none.']),
})
