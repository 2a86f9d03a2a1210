import { defineMethod, type Sample, type SamplingMethod } from '@saliency/core'

/** Options of SmoothGrad. */
export const smoothgradOptions = {
  of: {
    type: 'string',
    default: 'guided/gradient',
    description: 'The variant whose maps are averaged.',
  },
  samples: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 50,
    description: 'How many noisy images.',
  },
  level: {
    type: 'number',
    minimum: 0,
    maximum: 10,
    default: 0.15,
    description: "Standard deviation of the noise, as a share of the image's range (maximum − minimum).",
  },
} as const

/** SmoothGrad: the mean map of noisy copies of the image, around any variant. */
export const smoothgrad: SamplingMethod<typeof smoothgradOptions> = defineMethod({
  contract: 1,
  id: 'smoothgrad',
  title: 'SmoothGrad',
  references: ['Smilkov et al. 2017, SmoothGrad, section 3 (arXiv:1706.03825)'],
  options: smoothgradOptions,
  variants: {
    gradient: {
      description: 'Gradients of 50 images with noise of 0.15 of the range (Adebayo et al.; Sixt et al.).',
      handling: 'signed',
      options: {},
      traits: { odd: true },
    },
    guided: {
      description: 'The same around guided backpropagation.',
      handling: 'positive',
      counterpart: 'gradient',
      options: { of: 'guided/guided' },
    },
  },
  traits: { resolution: 'input' },
  kind: 'sampling',
  of: ({ of }) => of,
  *samples({ image, options, random }): Iterable<Sample> {
    let [least, most] = [Infinity, -Infinity]
    for (const value of image) [least, most] = [Math.min(least, value), Math.max(most, value)]
    const deviation = options.level * (most - least)
    for (let sample = 0; sample < options.samples; sample++) {
      const input = image.map((value) => value + deviation * random.normal())
      yield { input, weight: 1 / options.samples }
    }
  },
})
