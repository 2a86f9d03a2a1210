import { counted, type ResolvedVariant } from '@saliency/core'
import type { Explainer } from '@saliency/explain'

/** Variants whose maps are computed together. */
interface Part {
  /** What runs, in words. */
  readonly label: string
  readonly variants: readonly ResolvedVariant[]
}

/** A session repeats the forward pass and packs the weights anew: methods with fewer variants share one with the next. */
const FEW = 8

function labelOf(variants: readonly ResolvedVariant[]): string {
  const [first] = variants
  if (first && variants.length === 1) return first.id
  const methods = [...new Set(variants.map(({ method }) => method.id))]
  return `${methods.join(', ')}: ${counted(variants.length, 'variant')}`
}

/** Variants one method after the other, in the order in which methods are first asked for; one that samples is by itself. */
function families(variants: readonly ResolvedVariant[]): ResolvedVariant[][] {
  const found = new Map<string, ResolvedVariant[]>()
  for (const variant of variants) {
    const { method, id } = variant
    const key = method.kind === 'sampling' ? id : method.id
    found.set(key, [...(found.get(key) ?? []), variant])
  }
  return [...found.values()]
}

const samples = ([first]: readonly ResolvedVariant[]) => first?.method.kind === 'sampling'

/**
 * An explainer's variants in the order asked for, cut where maps can be had before the others are computed: a method's
 * together, since they share their passes, and small methods together; one that samples alone, since it shares nothing.
 */
export function partsOf({ variants, unavailable }: Explainer): Part[] {
  const missing = new Set(unavailable.map(({ variant }) => variant.id))
  const parts: ResolvedVariant[][] = []
  for (const family of families(variants.filter(({ id }) => !missing.has(id)))) {
    const last = parts.at(-1)
    if (last && last.length < FEW && !samples(last) && !samples(family)) last.push(...family)
    else parts.push(family)
  }
  return parts.map((some) => ({ label: labelOf(some), variants: some }))
}
