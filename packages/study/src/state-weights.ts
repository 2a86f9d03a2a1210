import { recalibrateBatchNorm, resolveWeights, type WeightState, type Weights } from '@saliency/core'
import { groupTensor } from './image-groups.ts'
import type { PlannedUnit } from './store/planned-unit.ts'
import type { Study } from './study.ts'

/** Whether a weight state depends on images: on those that batch norm is recalibrated on. */
function isCalibrated(state: WeightState): boolean {
  return state.kind === 'randomized' && state.batchNorm === 'recalibrate'
}

/** The values behind a weight state; batch norm is recalibrated on the study's first images where the state asks for it. */
export async function stateWeights(study: Study, state: WeightState): Promise<Weights> {
  const { loaded, seed, twin, engine, images } = study
  const weights = resolveWeights(state, loaded, { seed, ...(twin && { twin }) })
  if (state.kind !== 'randomized' || !isCalibrated(state)) return weights
  const batches = (await images.calibration()).flatMap(({ lost, ...group }) => {
    const sound = group.images.filter(({ id }) => !lost.has(id))
    return sound.length === 0 ? [] : [groupTensor({ ...group, images: sound })]
  })
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
