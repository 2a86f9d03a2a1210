import { counted, type ResolvedVariant } from '@saliency/core'
import type { Explainer } from '@saliency/explain'

/** Variants whose maps are computed together. */
interface Part {
  /** What runs, in words. */
  readonly label: string
  readonly variants: readonly ResolvedVariant[]
}

const labelOf = (variants: readonly ResolvedVariant[], method: string) =>
  variants.length === 1 ? (variants[0]?.id ?? method) : `${method}, ${counted(variants.length, 'variant')}`

/**
 * An explainer's variants in the order asked for, cut where maps can be had before the others are computed: a method's
 * together, since they share their passes; one that samples alone, since it shares nothing.
 */
export function partsOf({ variants, unavailable }: Explainer): Part[] {
  const missing = new Set(unavailable.map(({ variant }) => variant.id))
  const parts = new Map<string, ResolvedVariant[]>()
  for (const variant of variants.filter(({ id }) => !missing.has(id))) {
    const { method, id } = variant
    const key = method.kind === 'sampling' ? id : method.id
    parts.set(key, [...(parts.get(key) ?? []), variant])
  }
  return [...parts].map(([key, some]) => ({ label: labelOf(some, key), variants: some }))
}
