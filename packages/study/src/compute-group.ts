import { type Condition, type GroupMaps, type ImageGroup, tensor } from '@saliency/core'
import { joinedDirections, type MapResult, type OpenMaps } from '@saliency/explain'
import { directionExplained, type Explained, explainedOf } from './explained.ts'
import { withExternal } from './external/external-maps.ts'
import { groupTensor } from './image-groups.ts'
import { applyInput } from './inputs.ts'
import { noiseState } from './store/keys.ts'
import type { Predictors } from './predictors.ts'
import type { Study } from './study.ts'

/** What one condition gave for one group. */
export interface ConditionMaps extends MapResult {
  readonly targets: readonly number[]
}

/** The maps of one variant `[n, c, h, w]`, with the targets and logits of the group, in the form in which checks read them. */
export function groupMapsOf(
  { maps, logits, targets, activations, convergence }: ConditionMaps,
  variant: string,
): GroupMaps {
  const random = convergence?.get(variant)
  if (random) {
    const shape = [targets.length, 0, 0, 0] as const
    return { data: new Float32Array(), shape, targets, logits: logits.data, convergence: random }
  }
  const map = maps.get(variant)
  if (!map) throw new Error(`internal: no map of ${variant}`)
  const shape = map.shape as unknown as GroupMaps['shape']
  return { data: map.data, shape, targets, logits: logits.data, ...(activations && { activations }) }
}

/** What a condition explains of each image of a group. */
export async function explainedIn(
  study: Study,
  predictors: Predictors,
  group: ImageGroup,
  condition: Condition,
): Promise<Explained[]> {
  const originals = await originalLogits(predictors, group)
  const classes = originals.length / group.images.length
  const own =
    condition.target.policy === 'argmax' ? await ownLogits(study, predictors, group, condition) : undefined
  return group.images.map((image, row) =>
    explainedOf(
      condition.target,
      {
        image,
        original: originals.subarray(row * classes, (row + 1) * classes),
        ...(own && { own: own.subarray(row * classes, (row + 1) * classes) }),
        seed: study.seed,
      },
      study.target,
    ),
  )
}

const known = new WeakMap<ImageGroup, Promise<Float32Array>>()

async function originalLogits(predictors: Predictors, group: ImageGroup): Promise<Float32Array> {
  let logits = known.get(group)
  if (!logits) {
    logits = predictors.predict(groupTensor(group).data).then((result) => result.logits)
    known.set(group, logits)
  }
  return logits
}

/** The images of a group as a condition changes them, `[c, h, w]` each. */
export function inputsOf(study: Study, group: ImageGroup, { input }: Condition): Float32Array[] {
  return group.images.map((_, position) => applyInput(group, position, input, study.seed))
}

async function ownLogits(
  study: Study,
  predictors: Predictors,
  group: ImageGroup,
  condition: Condition,
): Promise<Float32Array> {
  const inputs = groupTensor(group, inputsOf(study, group, condition))
  return (await predictors.predict(inputs.data, condition.weights)).logits
}

/** Computes every variant's maps of one group under one condition. */
export async function computeCondition(
  study: Study,
  predictors: Predictors,
  open: Pick<OpenMaps, 'maps'>,
  group: ImageGroup,
  condition: Condition,
): Promise<ConditionMaps> {
  const explained = await explainedIn(study, predictors, group, condition)
  const directions = explained.map((one) => {
    const direction = directionExplained(one, condition)
    return tensor(direction, [1, direction.length])
  })
  const computed = await open.maps({
    images: groupTensor(group, inputsOf(study, group, condition)),
    directions: joinedDirections(directions),
    ids: group.images.map(({ id }) => id),
    ...noiseState(condition),
    ...(condition.relevance && { relevance: condition.relevance }),
  })
  const result = await withExternal(study.external, group, condition, explained, computed)
  return { ...result, targets: explained.map(({ target }) => target) }
}
