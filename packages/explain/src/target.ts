import { SaliencyError, suggestion } from '@saliency/core'
import { rankedClasses } from './seeds.ts'

/** What is known of the image whose class is chosen. */
export interface TargetImage {
  readonly name: string
  readonly label?: number
  /** The class to explain, where a table of images names one. */
  readonly target?: number
}

/** `predicted`, `label`, a class's index, or its name. */
export type Target = 'predicted' | 'label' | number | (string & {})

function classIndex(target: string | number, count: number, classes: readonly string[] = []): number {
  const byName = classes.findIndex((name) => name.toLowerCase() === String(target).toLowerCase())
  const index = byName >= 0 ? byName : /^\d+$/.test(String(target)) ? Number(target) : Number.NaN
  if (Number.isInteger(index) && index < count) return index
  const range = `an index from 0 to ${count - 1}`
  const known =
    classes.length > 0
      ? `${suggestion(String(target), [...classes, 'predicted', 'label'])} It takes predicted, label, a class name, or ${range}.`
      : ` It takes predicted, label, or ${range}.`
  throw new SaliencyError('INVALID_INPUT', `The model has no class '${target}'.${known}`)
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
  if (target !== 'label') return classIndex(target, logits.length, classes)
  if (image.label !== undefined) return classIndex(image.label, logits.length)
  throw new SaliencyError(
    'INVALID_INPUT',
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
