import { type Condition, type FloatTensor, SaliencyError } from '@saliency/core'
import { differences } from '../store/differences.ts'
import type { VariantRecord } from '../store/study-record.ts'
import { externalKey, isOutside, type ExternalManifest, type MadeFor, madeFor } from './manifest.ts'

/** A variant whose maps another program made: scored like any other, and not computed. */
export interface ExternalVariant {
  readonly record: VariantRecord
  /** What was asked for. */
  readonly manifest: ExternalManifest
  /** `[c, h, w]` of every map. */
  readonly shape: readonly number[]
  /** Maps that are missing or unsound, in a sentence each. */
  readonly notices: readonly string[]
  /** A map by the name of its file; nothing where there is no sound one. */
  read(file: string): Promise<FloatTensor | undefined>
}

const refuse = ({ record }: ExternalVariant, problem: string) =>
  new SaliencyError('INVALID_INPUT', `${record.id}: ${problem}`)

/**
 * Looks whether maps were made for this study.
 * @throws INVALID_INPUT if they are of other weights, images or classes, or a condition was not asked for; INVALID_OPTION if
 * there is no such counterpart
 */
export function assertMadeFor(
  variant: ExternalVariant,
  study: MadeFor,
  conditions: readonly Condition[],
  variants: readonly string[],
): void {
  const { manifest, record } = variant
  const changed = differences(manifest.study, madeFor(study))
  if (changed.length > 0)
    throw refuse(
      variant,
      `its maps were made for another study (${changed.join('; ')}): repeat \`saliency plan --for-external\` and make them anew.`,
    )
  const keys = new Set(manifest.states.map(({ key }) => key))
  const missing = conditions.find((one) => isOutside(one) && !keys.has(externalKey(one)))
  if (missing)
    throw refuse(
      variant,
      `no maps were asked for under ${externalKey(missing)}: repeat \`saliency plan --for-external\` with the same checks.`,
    )
  const { counterpart } = record
  if (counterpart !== undefined && !variants.includes(counterpart))
    throw new SaliencyError(
      'INVALID_OPTION',
      `--maps: the counterpart '${counterpart}' of ${record.id} is not in this study; it has ${variants.join(', ')}.`,
    )
}
