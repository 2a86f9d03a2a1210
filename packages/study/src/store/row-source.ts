import type { MeasuredCheck, MeasuredVariant, MeasureRequest } from '../measure-variant.ts'
import type { StudyRow } from './rows.ts'

/** The rows of a run, those of one check and variant at a time. */
export interface RowSource {
  /** The variants that a check has rows of. */
  variants(check: string): Promise<readonly string[]>
  /** Their rows, sorted by key. @throws INVALID_RUN if they are damaged */
  rows(check: string, variant: string): Promise<readonly StudyRow[]>
  /**
   * Measures variants elsewhere, several at once; what it finds comes in the order of the requests. Nothing where the check has
   * to be measured by whoever asks.
   */
  measure?(
    check: MeasuredCheck,
    requests: readonly MeasureRequest[],
  ): AsyncIterable<MeasuredVariant> | undefined
}

/** Rows that are all in memory. @param rows sorted by key */
export function rowsInMemory(rows: readonly StudyRow[]): RowSource {
  const checks = new Map<string, Map<string, StudyRow[]>>()
  for (const row of rows) {
    const variants = checks.get(row.check) ?? new Map<string, StudyRow[]>()
    checks.set(row.check, variants)
    const own = variants.get(row.variant)
    if (own) own.push(row)
    else variants.set(row.variant, [row])
  }
  return {
    variants: async (check) => [...(checks.get(check)?.keys() ?? [])],
    rows: async (check, variant) => checks.get(check)?.get(variant) ?? [],
  }
}
