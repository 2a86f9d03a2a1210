import type { Row } from '@saliency/core'
import { groupRows } from '../verdict/table.ts'

/** Reasons named one by one; what is rarer is summed up. */
const NAMED = 6

/**
 * How many rows have no value, and why, the most frequent reason first; empty where all have one.
 * @param what the rows' values in words: 'values', 'similarities'
 */
export function undefinedNotes(rows: readonly Row[], what: string): string[] {
  const missing = rows.filter(({ status }) => status !== 'ok')
  if (missing.length === 0) return []
  const reasons = [...groupRows(missing, ({ note = 'no reason given' }) => note)]
  reasons.sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
  const rest = reasons.slice(NAMED).reduce((sum, [, group]) => sum + group.length, 0)
  const named = reasons.slice(0, NAMED).map(([reason, group]) => `${group.length}: ${reason}`)
  const list = [...named, ...(rest > 0 ? [`${rest}: other reasons`] : [])].join('; ')
  return [
    `${missing.length} of ${rows.length} ${what} are undefined; they are counted, not averaged (${list}).`,
  ]
}
