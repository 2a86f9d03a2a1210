import { groupTensor } from './image-groups.ts'
import type { Predictors } from './predictors.ts'
import { shortHash } from './store/keys.ts'
import type { FinishedUnit } from './store/units.ts'
import type { Study } from './study.ts'

/**
 * Tells machines apart that round differently: a hash of the bits of the original model's logits for the first group.
 * Processors with other instructions sum in another order, and a study's rows then differ in their last digits and in ranks.
 * Nothing where an image of the group cannot be read.
 */
export async function roundingOf({ images }: Study, { predict }: Predictors): Promise<string | undefined> {
  const group = await images.group(0)
  if (group.images.length === 0 || group.lost.size > 0) return undefined
  // An engine that cannot do that fails in every unit, where it is recorded.
  const logits = await predict(groupTensor(group).data).then(
    (found) => found.logits,
    () => undefined,
  )
  if (!logits) return undefined
  return shortHash(new Uint32Array(logits.buffer, logits.byteOffset, logits.length).join())
}

/** The units of each kind of machine, by how it rounds; those that do not say so are left out. */
export function unitsByRounding(finished: readonly FinishedUnit[]): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>()
  for (const { rounding, unit } of finished) {
    if (rounding === undefined) continue
    const units = kinds.get(rounding)
    if (units) units.push(unit.id)
    else kinds.set(rounding, [unit.id])
  }
  return kinds
}
