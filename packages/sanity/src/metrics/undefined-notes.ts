import type { Row } from '@saliency/core'

/** Reasons named one by one; what is rarer is summed up. */
const NAMED = 6

/** Rows without a value, by reason. */
export interface UndefinedRows {
  /** Rows in all. */
  readonly all: number
  readonly reasons: ReadonlyMap<string, number>
}

/** Counts rows without a value. */
export function undefinedIn(rows: readonly Row[]): UndefinedRows {
  const reasons = new Map<string, number>()
  for (const { status, note = 'no reason given' } of rows)
    if (status !== 'ok') reasons.set(note, (reasons.get(note) ?? 0) + 1)
  return { all: rows.length, reasons }
}

/** Counts over several lists of rows. */
export interface UndefinedCount {
  add(counted: UndefinedRows): void
  /** Rows that were added. */
  readonly all: number
  /** How many have no value, and why, the most frequent reason first; empty where all have one. */
  notes(): string[]
}

/** @param what the rows' values in words: 'values', 'similarities' */
export function countUndefined(what: string): UndefinedCount {
  const counts = new Map<string, number>()
  let all = 0
  return {
    add(counted) {
      all += counted.all
      for (const [note, count] of counted.reasons) counts.set(note, (counts.get(note) ?? 0) + count)
    },
    get all() {
      return all
    },
    notes() {
      const reasons = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      const sum = (some: typeof reasons) => some.reduce((total, [, count]) => total + count, 0)
      if (reasons.length === 0) return []
      const rest = sum(reasons.slice(NAMED))
      const named = reasons.slice(0, NAMED).map(([reason, count]) => `${count}: ${reason}`)
      const list = [...named, ...(rest > 0 ? [`${rest}: other reasons`] : [])].join('; ')
      return [`${sum(reasons)} of ${all} ${what} are undefined; they are counted, not averaged (${list}).`]
    },
  }
}

/** The same for rows that are all there. */
export function undefinedNotes(rows: readonly Row[], what: string): string[] {
  const count = countUndefined(what)
  count.add(undefinedIn(rows))
  return count.notes()
}
