import type { ResolvedVariant } from '@saliency/core'
import type { VariantRecord } from './store/study-record.ts'
import type { StudyInputs } from './study-inputs.ts'

/** The counterpart's id; variants asked for with other options are contrasted with one that has the same. */
function counterpartOf({ id, counterpart }: ResolvedVariant, ids: readonly string[]): string | undefined {
  if (counterpart === undefined) return undefined
  const suffixed = `${counterpart}${id.includes('?') ? id.slice(id.indexOf('?')) : ''}`
  return ids.includes(suffixed) ? suffixed : counterpart
}

/** What summaries and reports need to know of each variant. */
export function variantRecords(
  variants: readonly ResolvedVariant[],
  origins: StudyInputs['origins'],
): VariantRecord[] {
  const ids = variants.map(({ id }) => id)
  return variants.map((resolved) => {
    const { method, variant, id, handling, traits, options } = resolved
    const spec = method.variants[variant]
    const counterpart = counterpartOf(resolved, ids)
    const origin = origins?.get(method)
    return {
      id,
      handling,
      ...(counterpart !== undefined && { counterpart }),
      start: traits.start ?? 'one-hot',
      control: spec?.role === 'control',
      method: method.id,
      title: method.title,
      description: spec?.description ?? '',
      references: method.references,
      options,
      resolution: traits.resolution,
      ...(spec?.expected !== undefined && { expected: spec.expected }),
      package: origin?.package ?? '(given as an object)',
      version: origin?.version ?? '',
    }
  })
}
