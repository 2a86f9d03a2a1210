import type { FloatTensor, ImageGroup, Predict } from '@saliency/core'
import { batchOf } from '@saliency/explain'
import { groupMapsOf } from '../study/compute-group.ts'
import type { PlannedCheck, PlannedState } from '../study/plan.ts'
import { threadCount } from '../study/scoring/crew.ts'
import { studiedVariants } from '../study/scoring/jobs.ts'
import { scoreGroup } from '../study/scoring/score-group.ts'
import type { Study } from '../study/study.ts'
import { type MeasuredMaps, timed } from './measure-maps.ts'

/** One map for every image of a group: what scoring takes hardly depends on what a map shows. */
function repeated(values: FloatTensor, count: number): FloatTensor {
  return batchOf(batchOf(values, 0, 1), 0, count)
}

/**
 * Seconds in which one check scores one group under a weight state, by one variant whose map stands for all; predictions
 * that it asks for are counted, not computed.
 */
export async function measureScore(
  study: Study,
  check: PlannedCheck,
  state: PlannedState,
  group: ImageGroup,
  { forward, maps: measured, targets }: MeasuredMaps,
): Promise<number> {
  const [first] = measured.maps
  if (!first) return 0
  const count = group.images.length
  const logits = repeated(measured.logits, count)
  const { activations } = measured
  const blocks = activations?.blocks.length ?? 0
  const maps = {
    maps: new Map([[first[0], repeated(first[1], count)]]),
    logits,
    targets,
    ...(activations && {
      activations: {
        ...activations,
        scales: Float32Array.from({ length: count * blocks }, (_, i) => activations.scales[i % blocks] ?? 0),
      },
    }),
  }
  const size = group.shape.reduce((product, dim) => product * dim, 1)
  const classes = logits.shape[1] as number
  let predicted = 0
  const predict: Predict = async (inputs) => {
    const rows = inputs.length / size
    predicted += rows
    return { logits: repeated(measured.logits, rows).data, classes }
  }
  const { seconds } = await timed(() => {
    predicted = 0
    return scoreGroup({
      scoring: { run: study.run, model: study.loaded.model.name, seed: study.seed },
      checks: [check],
      state,
      group,
      variants: [first[0]],
      mapsOf: async () => groupMapsOf(maps, first[0]),
      predict,
    })
  })
  const variants = studiedVariants(study).length
  return Math.ceil(variants / Math.min(threadCount(), variants)) * seconds + variants * predicted * forward
}
