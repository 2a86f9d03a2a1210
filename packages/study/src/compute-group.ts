import type { Condition, GroupMaps, ImageGroup } from '@saliency/core'
import { type MapResult, type OpenMaps, directionsFor } from '@saliency/explain'
import { groupTensor } from './image-groups.ts'
import { applyInput } from './inputs.ts'
import { noiseState } from './store/keys.ts'
import type { Predictors } from './predictors.ts'
import type { Study } from './study.ts'
import { targetClass } from './targets.ts'

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

/** The class that a condition explains, for each image of a group. */
export async function targetsOf(
  study: Study,
  predictors: Predictors,
  group: ImageGroup,
  condition: Condition,
): Promise<number[]> {
  const originals = await originalLogits(predictors, group)
  const classes = originals.length / group.images.length
  const own =
    condition.target.policy === 'argmax' ? await ownLogits(study, predictors, group, condition) : undefined
  return group.images.map((image, row) =>
    targetClass(condition.target, {
      image,
      original: originals.subarray(row * classes, (row + 1) * classes),
      ...(own && { own: own.subarray(row * classes, (row + 1) * classes) }),
      seed: study.seed,
    }),
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

function inputsOf(study: Study, group: ImageGroup, { input }: Condition): Float32Array[] {
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
  const targets = await targetsOf(study, predictors, group, condition)
  const classes = study.loaded.model.logits.shape[1] as number
  const result = await open.maps({
    images: groupTensor(group, inputsOf(study, group, condition)),
    directions: directionsFor(targets, classes, condition.direction),
    ids: group.images.map(({ id }) => id),
    ...noiseState(condition),
    ...(condition.relevance && { relevance: condition.relevance }),
  })
  return { ...result, targets }
}
