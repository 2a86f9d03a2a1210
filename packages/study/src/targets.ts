import { type CheckImage, createRandom, SaliencyError, type TargetPolicy } from '@saliency/core'
import { rankedClasses } from '@saliency/explain'

/** What a target policy may refer to, for one image. */
export interface TargetContext {
  readonly image: CheckImage
  /** `[k]` logits of the original model on the original image. */
  readonly original: Float32Array
  /** `[k]` logits of the condition's own weights and input; needed for `argmax`. */
  readonly own?: Float32Array
  readonly seed: number
}

function labelOf({ id, label, labels }: CheckImage, index: number | undefined): number {
  // An image with fewer labels than asked for explains its first: the check says that it has one object only.
  const found = (index === undefined ? undefined : labels?.[index]) ?? label
  if (found !== undefined) return found
  throw new SaliencyError(
    'INVALID_INPUT',
    `${id} has no label: put images into class folders, give a CSV with labels, or choose another target.`,
  )
}

/**
 * The class that a condition explains for one image.
 * @throws INVALID_INPUT where a label is asked for and missing, or a class does not exist.
 */
export function targetClass(target: TargetPolicy, { image, original, own, seed }: TargetContext): number {
  const classes = original.length
  const ranked = rankedClasses(original)
  switch (target.policy) {
    case 'rank':
      return ranked.at(
        target.rank < 0 ? Math.max(target.rank, -classes) : Math.min(target.rank, classes - 1),
      ) as number
    case 'uniform': {
      const others = ranked.slice(1).sort((a, b) => a - b)
      const random = createRandom(seed, 'target', 'uniform', image.id, target.draw)
      return others[random.integer(0, others.length - 1)] ?? (ranked[0] as number)
    }
    case 'label':
      return labelOf(image, target.index)
    case 'class':
      if (target.index < classes) return target.index
      throw new SaliencyError(
        'INVALID_INPUT',
        `class ${target.index} does not exist: the model has ${classes} classes, 0 to ${classes - 1}.`,
      )
    case 'argmax':
      if (!own) throw new Error('internal: argmax needs the logits of its own condition')
      return rankedClasses(own)[0] as number
  }
}
