import {
  type FloatTensor,
  recalibrateBatchNorm,
  resolveWeights,
  type WeightState,
  type Weights,
} from '@saliency/core'
import { openPredictor } from '@saliency/explain'
import { groupTensor } from './image-groups.ts'
import type { PlannedUnit } from './store/planned-unit.ts'
import type { Study } from './study.ts'

/** Whether a weight state depends on images: on those that batch norm is recalibrated on, or that tell how logits spread. */
function isCalibrated(state: WeightState): boolean {
  return state.kind === 'grafted' || (state.kind === 'randomized' && state.batchNorm === 'recalibrate')
}

/** The study's first images, without those that cannot be read. */
async function calibrationBatches(images: Study['images']): Promise<FloatTensor[]> {
  return (await images.calibration()).flatMap(({ lost, ...group }) => {
    const sound = group.images.filter(({ id }) => !lost.has(id))
    return sound.length === 0 ? [] : [groupTensor({ ...group, images: sound })]
  })
}

/** How far the largest logit stands above the mean of all, on average over the first images. */
async function spreadOf({ loaded, engine, batchSize, images }: Study): Promise<number> {
  const predictor = await openPredictor(engine, loaded.model, loaded.weights, batchSize)
  let [sum, count] = [0, 0]
  try {
    for (const batch of await calibrationBatches(images)) {
      const { data, shape } = await predictor.logits(batch)
      const classes = Number(shape[1])
      for (let from = 0; from < data.length; from += classes) {
        const own = data.subarray(from, from + classes)
        sum += Math.max(...own) - own.reduce((total, value) => total + value, 0) / classes
        count += 1
      }
    }
  } finally {
    await predictor.dispose()
  }
  return sum / Math.max(1, count)
}

/** The values behind a weight state; batch norm is recalibrated on the study's first images where the state asks for it. */
export async function stateWeights(study: Study, state: WeightState): Promise<Weights> {
  const { loaded, seed, twin, engine, images } = study
  const spread = state.kind === 'grafted' ? await spreadOf(study) : 1
  const weights = resolveWeights(state, loaded, { seed, spread, ...(twin && { twin }) })
  if (state.kind !== 'randomized' || !isCalibrated(state)) return weights
  const batches = await calibrationBatches(images)
  return recalibrateBatchNorm({ model: loaded.model, weights, layers: state.layers, engine, batches })
}

/** Images that a weight state was calibrated without, by id, and why: every unit of the state lacks them. */
export async function lostToState({ images }: Study, state: WeightState): Promise<Map<string, string>> {
  if (!isCalibrated(state)) return new Map()
  return new Map((await images.calibration()).flatMap(({ lost }) => [...lost]))
}

/** Reads the images that weights depend on before any work: one that is lost later must not change them. */
export async function readCalibration({ images, plan }: Study, units: readonly PlannedUnit[]): Promise<void> {
  const states = units.map(({ state }) => plan.states[state])
  if (states.some((state) => state && isCalibrated(state.weights))) await images.calibration()
}
