import { createRandom, type GroupMaps, type ScoreContext, sortRows } from '@saliency/core'
import { scoredConditions, type StudyRow } from '@saliency/study'
import type { PlannedStudy } from '@saliency/toolkit'

/** Images of one group. */
export const GROUP = 8

/** Height and width of the maps that stand for a network's: rows do not tell how large maps were. */
const SIDE = 8

/** Classes of the network. */
const CLASSES = 10

/** Maps of which every condition keeps half of what the trained model's show, so that similarities are neither 0 nor 1. */
function drawnMaps(blocks: readonly string[], variant: string): ScoreContext['maps'] {
  const draw = (length: number, ...key: string[]) => {
    const random = createRandom('bench', 'judge', variant, ...key)
    return Float32Array.from({ length }, () => random.normal())
  }
  const original = draw(GROUP * SIDE * SIDE, 'original')
  return async ({ id }): Promise<GroupMaps> => ({
    data: draw(original.length, id).map((value, at) => value + original[at]!),
    shape: [GROUP, 1, SIDE, SIDE],
    targets: Array.from({ length: GROUP }, () => 0),
    logits: draw(GROUP * CLASSES, id, 'logits'),
    activations: { blocks, scales: draw(GROUP * blocks.length, id, 'activations').map(Math.abs) },
  })
}

/** The rows that the first group of a study gives, sorted, by weight state: the checks themselves make them, from drawn maps. */
export async function rowsOfGroup({
  study,
  record,
}: PlannedStudy): Promise<readonly (readonly StudyRow[])[]> {
  const { loaded, plan, run, seed } = study
  const blocks = loaded.model.blocks.map(({ name }) => name)
  const images = record.images.map(({ id, label = 0 }) => ({ id, label, input: new Float32Array() }))
  const group = { index: 0, images, shape: [1, SIDE, SIDE] as const }
  const states: StudyRow[][] = plan.states.map(() => [])
  for (const planned of plan.checks)
    for (const [at, state] of plan.states.entries()) {
      const conditions = scoredConditions(planned, state)
      const place = { run, model: record.identity.model.name, check: planned.check.id }
      for (const { id: variant } of conditions.length === 0 ? [] : record.identity.variants) {
        const scored = await planned.check.score({
          variant,
          group,
          conditions,
          options: planned.options as never,
          rng: (...key) => createRandom(seed, 'check', planned.check.id, ...key),
          maps: drawnMaps(blocks, variant),
          predict: async () => ({ logits: new Float32Array(GROUP * CLASSES), classes: CLASSES }),
        })
        const protocols = new Map(scored.map(({ protocol }) => [protocol, { ...protocol, seed }]))
        for (const row of scored)
          states[at]!.push({ ...place, ...row, protocol: protocols.get(row.protocol) ?? {} })
      }
    }
  return states.map((rows) => [...sortRows(rows)])
}
