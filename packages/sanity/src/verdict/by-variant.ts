import type { Check, OptionSpecs, Summariser, SummaryContext } from '@saliency/core'
import { inStudyOrder } from './study-order.ts'
import { groupRows } from './table.ts'

/** A check's summary, from rows that come variant by variant and from all at once: the same, made in one way. */
export function byVariant<S extends OptionSpecs>(
  summariser: (context: SummaryContext<S>) => Summariser,
): Required<Pick<Check<S>, 'summarise' | 'summariser'>> {
  return {
    summariser,
    summarise(rows, context) {
      const taking = summariser(context)
      const ordered = inStudyOrder(rows, context.variants)
      for (const [variant, own] of groupRows(ordered, (row) => row.variant))
        taking.add(variant, taking.measure(variant, own))
      return taking.finish()
    },
  }
}
