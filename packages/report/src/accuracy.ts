import { counted } from '@saliency/core'

/** How often a model is right, in words; a model that is rarely right is most often fed in the wrong way. */
export function accuracySentence({
  right,
  labelled,
}: {
  readonly right: number
  readonly labelled: number
}): string {
  const share = `${((100 * right) / labelled).toFixed(1)} %`
  const said = `The model is right on ${right} of ${counted(labelled, 'image')} with a label (${share}).`
  if (right === labelled) return said
  return `${said} Where that is less than expected, look at the preprocessing and the order of the classes first.`
}
