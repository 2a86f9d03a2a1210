import type { Condition } from '@saliency/core'
import { rankedClasses } from '@saliency/explain'
import { GROUP_SIZE } from './plan.ts'
import { conditionKey } from './store/keys.ts'
import type { Run } from './store/open-run.ts'
import { getSound, mapsId } from './store/run-store.ts'

/** How often a model is right on images whose class is known. */
export interface Accuracy {
  readonly right: number
  readonly labelled: number
}

/** A condition under which the model saw the images as they are. */
const isPlain = ({ input, relevance }: Condition): boolean => input.kind === 'original' && !relevance

/**
 * How often the model is right on a run's images, from the logits that are stored beside the maps of its own weights.
 * @returns undefined where no image has a label, or the run holds no such maps
 */
export async function accuracyOf({ store, record, lost }: Omit<Run, 'rows'>): Promise<Accuracy | undefined> {
  const { images, originalConditions = [] } = record
  const plain = originalConditions.find(isPlain)
  if (!plain || images.every(({ label }) => label === undefined)) return undefined
  const counts = { right: 0, labelled: 0 }
  for (let group = 0; group * GROUP_SIZE < images.length; group++) {
    const id = mapsId(group, conditionKey(plain))
    const stored = (await getSound(store, 'logits', id)) ?? (await getSound(store, 'maps', id))?.logits
    const [rows = 0, classes = 0] = stored?.shape ?? []
    if (!stored || classes < 2) continue
    const members = images.slice(group * GROUP_SIZE, group * GROUP_SIZE + rows)
    for (const [row, { id, label, labels = [label] }] of members.entries()) {
      if (label === undefined || lost.has(id)) continue
      const logits = stored.data.subarray(row * classes, (row + 1) * classes)
      counts.labelled += 1
      const [predicted] = rankedClasses(logits)
      if (labels.some((one) => one === predicted)) counts.right += 1
    }
  }
  return counts.labelled === 0 ? undefined : counts
}
