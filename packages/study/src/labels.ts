import { SaliencyError } from '@saliency/core'
import type { ImageRecord } from '@saliency/images'
import type { PlannedCheck } from './plan.ts'

/** Checks that explain what an image is labelled with. */
function checksOfLabels(checks: readonly PlannedCheck[]): string[] {
  return checks
    .filter(({ conditions }) => conditions.some(({ target }) => target.policy === 'label'))
    .map(({ check }) => check.id)
}

/**
 * Looks at the labels before anything is computed, where a check explains them.
 * @throws INVALID_INPUT if an image has none, or one that is no class of the model
 */
export function assertLabels(
  images: readonly ImageRecord[],
  checks: readonly PlannedCheck[],
  classes: number,
  problem?: string,
): void {
  const asking = checksOfLabels(checks)
  if (asking.length === 0) return
  const bare = images.filter(({ label }) => label === undefined)
  if (bare[0] && problem !== undefined) {
    throw new SaliencyError('INVALID_INPUT', `${asking.join(', ')} need(s) labels: ${problem}`)
  }
  if (bare[0]) {
    const more = bare.length > 1 ? ` (and ${bare.length - 1} more images)` : ''
    throw new SaliencyError(
      'INVALID_INPUT',
      `${asking.join(', ')}: what an image is labelled with is explained, and ${bare[0].id}${more} has no label: put images into class folders, give a CSV with labels, or leave the check out.`,
    )
  }
  for (const { id, label, labels = [] } of images) {
    const wrong = [label as number, ...labels].find((one) => one >= classes)
    if (wrong === undefined) continue
    throw new SaliencyError(
      'INVALID_INPUT',
      `${id} is labelled with class ${wrong}, but the model has ${classes} classes, 0 to ${classes - 1}.`,
    )
  }
}
