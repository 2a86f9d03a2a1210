import { sortRows, type Row, type VariantFacts } from '@saliency/core'

/** Rows by variant, as the study lists them, and within one by what identifies them: every summary begins with it. */
export function inStudyOrder(rows: readonly Row[], facts: readonly VariantFacts[] = []): readonly Row[] {
  return sortRows(
    rows,
    facts.map(({ id }) => id),
  )
}
