import { type FloatTensor, SaliencyError, tensor } from '@saliency/core'
import { type ClassTerm, classTerms } from './class-terms.ts'
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

/**
 * What to explain: `predicted`, `label`, a class's index as a number, or its name; `index:2` and `name:2` say which of both
 * is meant. `cat-dog` is what speaks for one class and against another, `cat+dog` what speaks for either. An array is a
 * direction over the outputs, `[k]`, for instance the embedding of a text.
 */
export type Target = 'predicted' | 'label' | number | (string & {}) | Float32Array

/** What is explained of one image. */
export interface ResolvedTarget {
  /** The class's index; of a sum of classes these indices, as in `281-285`; `direction` for an array. */
  readonly target: number | string
  /** What it is called: the classes' names, where they are known. */
  readonly name: string
  /** Over the outputs, `[1, k]`: 1 at a class, and at those added; −1 at those taken away. */
  readonly direction: FloatTensor
}

/**
 * A direction over the outputs, `[1, k]`, as it was given.
 * @param where begins the message of an error
 * @throws INVALID_INPUT where it has another length than the outputs, holds no finite numbers, or zeros alone
 */
export function checkedDirection(values: Float32Array, outputs: number, where: string): FloatTensor {
  const refuse = (reason: string): never => {
    throw new SaliencyError('INVALID_INPUT', `${where}: ${reason}`)
  }
  if (values.length !== outputs)
    refuse(`the direction has ${values.length} values, but the model has ${outputs} outputs.`)
  const wrong = values.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0) refuse(`value ${wrong} of the direction is ${values[wrong]}; it takes finite numbers.`)
  if (values.every((value) => value === 0))
    refuse('the direction is zero everywhere, so it explains nothing.')
  return tensor(values, [1, outputs])
}

/** The class of one term, for one image. */
function indexOf(of: ClassTerm['of'], logits: Float32Array, image: TargetImage): number {
  if (of === 'predicted') return rankedClasses(logits)[0] as number
  const index = of === 'label' ? image.label : of
  if (index === undefined) {
    throw new SaliencyError(
      'INVALID_INPUT',
      image.labelProblem ??
        `${image.name} has no label: put it into a folder named after its class, give a CSV with labels, or choose another --target.`,
    )
  }
  if (Number.isInteger(index) && index >= 0 && index < logits.length) return index
  throw new SaliencyError(
    'INVALID_INPUT',
    `target: there is no class '${index}'. A class is an index from 0 to ${logits.length - 1}, or a name.`,
  )
}

/** Terms with their signs between them. */
function joined<T>(terms: readonly (readonly [sign: number, T])[], plus: string, minus: string): string {
  return terms.map(([sign, text], at) => `${at === 0 ? '' : sign > 0 ? plus : minus}${text}`).join('')
}

function sumOf(terms: readonly (readonly [sign: number, number])[], count: number): FloatTensor {
  const data = new Float32Array(count)
  for (const [sign, index] of terms) data[index]! += sign
  return tensor(data, [1, count])
}

/**
 * What to explain; where nothing is said, what a table of images names, else the predicted class.
 * @param logits `[k]`
 * @throws INVALID_INPUT if there is no such class, the image has no label, a class is taken from itself, or a direction fits no output.
 */
export function resolveTarget(
  given: Target | undefined,
  logits: Float32Array,
  image: TargetImage,
  classes?: readonly string[],
): ResolvedTarget {
  const wanted = given ?? image.target ?? 'predicted'
  const count = logits.length
  if (wanted instanceof Float32Array)
    return { target: 'direction', name: 'direction', direction: checkedDirection(wanted, count, 'target') }
  const terms: readonly ClassTerm[] =
    typeof wanted === 'string'
      ? classTerms(wanted, { names: classes, count }, 'target', 'name')
      : [{ sign: 1, of: wanted }]
  const found = terms.map(({ sign, of }) => [sign, indexOf(of, logits, image)] as const)
  if (new Set(found.map(([, index]) => index)).size < found.length) {
    throw new SaliencyError(
      'INVALID_INPUT',
      `${image.name}: '${wanted}' names class ${found[0]?.[1]} twice here, so there is no sum to explain.`,
    )
  }
  const [first] = found
  const named = found.map(([sign, index]) => [sign, classes?.[index] ?? `class ${index}`] as const)
  return {
    target: found.length === 1 && first ? first[1] : joined(found, '+', '-'),
    name: joined(named, ' + ', ' − '),
    direction: sumOf(found, count),
  }
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
