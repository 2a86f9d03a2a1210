/** Options that both axes of the study share. */
export const verdictOptions = {
  similarities: {
    type: 'string',
    default: 'spearman,spearman-abs,ssim',
    description:
      'Similarities to record, separated by commas; the first signed one, spearman, is judged, the rest is shown.',
  },
  partners: {
    type: 'integer',
    default: 2,
    minimum: 0,
    maximum: 7,
    description: 'Other images of the group that each image is compared with for the chance level.',
  },
  reduction: {
    type: 'choice',
    choices: ['sum', 'sum-of-abs', 'max-abs'],
    default: 'sum',
    description:
      'How channels become one: signed sum (the only one that is judged), sum of magnitudes, value of the largest magnitude.',
  },
  threshold: {
    type: 'number',
    default: 0.5,
    minimum: 0,
    maximum: 1,
    description: 'Bound of the verdict for s, c and e; the verdict is repeated at .4 and .6.',
  },
} as const

/** Why results under these options are shown and not judged, or undefined where they are the judging protocol. */
export function whyNotJudged(values: {
  readonly reduction: string
  readonly target?: string
}): string | undefined {
  if (values.reduction !== 'sum') return `shown, not judged: channels are reduced by ${values.reduction}`
  if (values.target !== undefined && values.target !== 'fixed') {
    return `shown, not judged: the target is ${values.target}, not the original prediction`
  }
  return undefined
}

/** The names in a list such as `'spearman, ssim'`. */
export function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
