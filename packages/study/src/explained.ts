import {
  type Check,
  type Condition,
  createRandom,
  type Random,
  SaliencyError,
  type TargetPolicy,
} from '@saliency/core'
import { classTerms, directionsFor, type ResolvedTarget, resolveTarget, type Target } from '@saliency/explain'
import { targetClass, type TargetContext } from './targets.ts'

/** What a study explains where its checks say the predicted class. */
export interface StudyTarget {
  /** What it is called in rows and reports: `281-285`, or the file of a direction. */
  readonly name: string
  readonly of: Target
}

/** What is explained of one image under one condition. */
export interface Explained {
  /** The class; −1 where it is none alone. */
  readonly target: number
  readonly name: string
  /** `[k]` */
  readonly direction: Float32Array
}

/** How often another order is tried: the chance that numbers keep their places so often is nothing, unless all are equal. */
const TRIES = 100

/** The same numbers at other outputs: beside those explained where there are enough outputs, else in another order. */
function elsewhere(direction: Float32Array, random: Random, name: string): Float32Array {
  const outputs = [...direction.keys()]
  const [used, free] = [
    outputs.filter((at) => direction[at] !== 0),
    outputs.filter((at) => direction[at] === 0),
  ]
  if (free.length >= used.length) {
    const moved = new Float32Array(direction.length)
    for (const [at, place] of random.shuffle(free).slice(0, used.length).entries())
      moved[place] = direction[used[at] as number] as number
    return moved
  }
  for (let trial = 0; trial < TRIES; trial++) {
    const moved = Float32Array.from(random.shuffle([...direction]))
    if (moved.some((value, at) => value !== direction[at])) return moved
  }
  throw new SaliencyError(
    'INVALID_CONFIG',
    `${name}: the model has ${direction.length} outputs, and there is nothing else of this kind to compare it with.`,
  )
}

const explainedClass = (target: number, classes: number): Explained => ({
  target,
  name: `${target}`,
  direction: directionsFor([target], classes).data as Float32Array,
})

const asExplained = ({ target, name, direction }: ResolvedTarget): Explained => ({
  target: typeof target === 'number' ? target : -1,
  name,
  direction: direction.data as Float32Array,
})

/**
 * What a condition explains of one image. Where the study has a target of its own, that stands for the predicted class, and
 * another class drawn uniformly is the same sum of other classes, keyed by image and draw.
 * @throws INVALID_INPUT where a class or a label is missing; INVALID_CONFIG where there is no other target
 */
export function explainedOf(policy: TargetPolicy, context: TargetContext, study?: StudyTarget): Explained {
  const { image, original, seed } = context
  const isOwn = study && ((policy.policy === 'rank' && policy.rank === 0) || policy.policy === 'uniform')
  if (!isOwn) return explainedClass(targetClass(policy, context), original.length)
  const { of, name } = study
  const given = asExplained(resolveTarget(of, original, { ...image, name: image.id }))
  if (policy.policy !== 'uniform') return given
  const random = createRandom(seed, 'target', 'elsewhere', image.id, policy.draw)
  const direction = elsewhere(given.direction, random, name)
  return { target: given.target < 0 ? -1 : direction.indexOf(1), name: `other than ${given.name}`, direction }
}

/** The direction that is explained, `[k]`: less its mean where a condition says so. */
export function directionExplained({ direction }: Explained, { direction: kind }: Condition): Float32Array {
  const mean = kind === 'centred' ? direction.reduce((sum, value) => sum + value, 0) / direction.length : 0
  return direction.map((value) => value - mean)
}

/** True where a study explains one class of each image, whichever that is. */
function isClass({ of }: StudyTarget, count: number): boolean {
  if (of instanceof Float32Array) return false
  return typeof of === 'number' || classTerms(of, { count }, 'target', 'name').length === 1
}

/**
 * Looks whether every check can judge what is explained.
 * @throws INVALID_CONFIG naming the check that cannot, and why
 */
export function assertExplainable(
  target: StudyTarget | undefined,
  checks: readonly { readonly check: Check; readonly conditions: readonly Condition[] }[],
  outputs: number,
): void {
  if (!target || isClass(target, outputs)) return
  const refuse = (id: string, reason: string): never => {
    throw new SaliencyError('INVALID_CONFIG', `${id}: ${reason}; leave the check out, or explain one class.`)
  }
  for (const { check, conditions } of checks) {
    if (check.explains !== 'directions')
      refuse(check.id, `it looks at the score of one class, and ${target.name} is none`)
    for (const { target: policy } of conditions) {
      const isRanked = policy.policy === 'rank' && policy.rank !== 0
      if (isRanked || policy.policy === 'argmax')
        refuse(check.id, `it explains a class by its rank, which says nothing beside ${target.name}`)
    }
  }
}
