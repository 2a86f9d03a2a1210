import type { Check, Row, Summariser, SummaryContext, VariantFacts } from '@saliency/core'
import { type ImageSums, sumsOf } from './judged-images.ts'
import { withoutLost } from './lost.ts'
import { FAILURE, type StudyRow } from './store/rows.ts'
import type { LostImages } from './store/run-store.ts'

/** How often a variant failed for one reason. */
export interface FailureCount {
  readonly variant: string
  readonly check: string
  readonly note: string
  readonly count: number
}

/** What the rows of one variant come to under one check: plain data. */
export interface MeasuredVariant {
  readonly variant: string
  readonly rows: number
  readonly failures: readonly FailureCount[]
  readonly images: ImageSums
  /** What the check's summariser measured; absent where there are no rows but failures, or the check is not installed. */
  readonly measured?: { readonly value: unknown }
}

/** What is to be measured. */
export interface MeasureRequest {
  readonly variant: string
  /** Whether similarities are summed by image. */
  readonly sums: boolean
}

function failuresIn(rows: readonly StudyRow[]): FailureCount[] {
  const found = new Map<string, FailureCount>()
  for (const { status, variant, check, note = '' } of rows) {
    if (status !== 'failed') continue
    const count = (found.get(note)?.count ?? 0) + 1
    found.set(note, { variant, check, note, count })
  }
  return [...found.values()]
}

/** Measures the rows of one variant. Pure: any thread finds the same. @param lost images that count for nothing */
export function measureVariant(
  { variant, sums }: MeasureRequest,
  rows: readonly StudyRow[],
  summariser: Summariser | undefined,
  lost: LostImages,
): MeasuredVariant {
  const judged = withoutLost(rows, lost)
  const own = judged.filter(({ metric }) => metric !== FAILURE)
  return {
    variant,
    rows: rows.length,
    failures: failuresIn(judged),
    images: sumsOf(judged, sums),
    ...(summariser && own.length > 0 && { measured: { value: summariser.measure(variant, own) } }),
  }
}

/** Takes rows as a check wants them: variant by variant, or all at once. */
export function summariserOf(check: Check, context: SummaryContext): Summariser {
  if (check.summariser) return check.summariser(context)
  const all: Row[] = []
  return {
    measure: (_, rows) => rows,
    add(_, rows) {
      for (const row of rows as readonly Row[]) all.push(row)
    },
    finish: () => check.summarise(all, context),
  }
}

/** What a check's summariser is made from, wherever that happens. */
export interface MeasuredCheck {
  readonly id: string
  /** Its options, with whatever replaces them. */
  readonly options: SummaryContext['options']
  readonly variants: readonly VariantFacts[]
  readonly lost: LostImages
}
