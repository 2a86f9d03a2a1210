import { findClass, SaliencyError } from '@saliency/core'
import { rankedClasses } from './directions.ts'

/** What is known of the image whose class is chosen. */
export interface TargetImage {
  readonly name: string
  readonly label?: number
  /** Why it has none, although its folder or its table names a class. */
  readonly labelProblem?: string
  /** The class to explain, where a table of images names one. */
  readonly target?: number
}

/** `predicted`, `label`, a class's index as a number, or its name; `index:2` and `name:2` say which of both is meant. */
export type Target = 'predicted' | 'label' | number | (string & {})

/** A number is always an index, a text a name, or an index where no class has that name. */
function indexOf(target: string | number, count: number, names: readonly string[] | undefined): number {
  if (typeof target === 'string') return findClass(target, { names, count }, 'target', 'name')
  if (Number.isInteger(target) && target >= 0 && target < count) return target
  throw new SaliencyError(
    'INVALID_INPUT',
    `target: there is no class '${target}'. A class is an index from 0 to ${count - 1}, or a name.`,
  )
}

/**
 * The class to explain; where nothing is said, what a table of images names, else the predicted one.
 * @param logits `[k]`
 * @throws INVALID_INPUT if there is no such class, or the image has no label.
 */
export function resolveTarget(
  given: Target | undefined,
  logits: Float32Array,
  image: TargetImage,
  classes?: readonly string[],
): number {
  const target = given ?? image.target ?? 'predicted'
  if (target === 'predicted') return rankedClasses(logits)[0] as number
  if (target !== 'label') return indexOf(target, logits.length, classes)
  if (image.label !== undefined) return indexOf(image.label, logits.length, classes)
  throw new SaliencyError(
    'INVALID_INPUT',
    image.labelProblem ??
      `${image.name} has no label: put it into a folder named after its class, give a CSV with labels, or choose another --target.`,
  )
}

/** The most likely classes with their probabilities (softmax, or sigmoid for several labels). */
export function topPredictions(
  logits: Float32Array,
  head: 'softmax' | 'sigmoid' | 'none',
  classes: readonly string[] = [],
  count: number = 3,
): { index: number; name: string; probability: number; logit: number }[] {
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const total = logits.reduce((sum, value) => sum + Math.exp(value - highest), 0)
  return rankedClasses(logits)
    .slice(0, count)
    .map((index) => {
      const logit = logits[index] as number
      const probability = head === 'sigmoid' ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit - highest) / total
      return { index, name: classes[index] ?? `class ${index}`, probability, logit }
    })
}
