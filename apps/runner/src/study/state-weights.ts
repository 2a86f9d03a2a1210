import { recalibrateBatchNorm, resolveWeights, type WeightState, type Weights } from '@saliency/core'
import { groupTensor } from './image-groups.ts'
import type { Study } from './study.ts'

/** Groups of the study, from the first on, that recalibrated batch norm is measured on: 64 images. */
const CALIBRATION_GROUPS = 8

/** The values behind a weight state; batch norm is recalibrated on the study's first images where the state asks for it. */
export async function stateWeights(study: Study, state: WeightState): Promise<Weights> {
  const { loaded, seed, twin, engine, images } = study
  const weights = resolveWeights(state, loaded, { seed, ...(twin && { twin }) })
  if (state.kind !== 'randomized' || state.batchNorm !== 'recalibrate') return weights
  const count = Math.min(CALIBRATION_GROUPS, images.groups)
  const groups = await Promise.all(Array.from({ length: count }, (_, index) => images.group(index)))
  const batches = groups.filter((group) => group.images.length > 0).map((group) => groupTensor(group))
  return recalibrateBatchNorm({ model: loaded.model, weights, layers: state.layers, engine, batches })
}
